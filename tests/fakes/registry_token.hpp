#pragma once

#include "fakes/test_ca.hpp"

#include <string>
#include <vector>

namespace pr_image::fakes {

/// What a registry's token allows with one repository.
struct TokenAccess {
    std::string repository;
    std::vector<std::string> actions;  ///< pull, push, delete
};

/// Gives a signed token that docker-registry accepts (CNCF distribution, "Token authentication
/// implementation"): valid for five minutes, with the certificate that signed it in `x5c`.
std::string registry_token(const Identity& signer, const std::string& issuer, const std::string& service,
                           const std::vector<TokenAccess>& access);

}  // namespace pr_image::fakes
