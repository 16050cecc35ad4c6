#pragma once

#include "http/message.hpp"
#include "http/retry.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::registry {

/// A user for one registry.
struct Credential {
    std::string username;
    std::string password;
};

/// What a Client knows of the registries it will meet.
struct ClientOptions {
    std::map<std::string, Credential, std::less<>> credentials{};  ///< by ImageName::host()
    std::vector<std::string> insecure_registries{};  ///< `host` or `host:port` that may do without TLS
    http::Timeouts timeouts{};
    http::RetryPolicy retry{};

    /// Sees every token that a token service gives, so that nobody shows it; may be empty.
    std::function<void(std::string_view secret)> mask{};
};

}  // namespace pr_image::registry
