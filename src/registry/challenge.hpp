#pragma once

#include "text/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::registry {

/// How a server wants to be asked (RFC 9110 section 11.6.1).
struct Challenge {
    std::string scheme;                                            ///< lower case: "bearer", "basic"
    std::map<std::string, std::string, std::less<>> parameters{};  ///< names in lower case

    /// The parameter's value, or "".
    [[nodiscard]] std::string parameter(std::string_view name) const;

    bool operator==(const Challenge&) const = default;
};

/// Takes a WWW-Authenticate value from anybody; gives its challenges in order. Reading stops at the first
/// thing that breaks the grammar, and nothing after it counts.
std::vector<Challenge> parse_challenges(std::string_view value);

/// A token service's answer (distribution, docs/spec/auth/token.md).
struct Token {
    std::string value;
    int lifetime = 60;  ///< seconds; the specification's default where the answer does not say
};

/// Takes a token service's JSON: `token` or `access_token`, `expires_in`. Errors: no JSON, no token, a token
/// that no header can hold.
Result<Token> parse_token(std::string_view json);

}  // namespace pr_image::registry
