#pragma once

#include "http/client.hpp"
#include "http/message.hpp"
#include "registry/challenge.hpp"
#include "registry/client.hpp"
#include "registry/failure.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace pr_image::registry {

/// Answers registries' challenges: Basic with the credential, Bearer with a token that a token service gives
/// for it (distribution, docs/spec/auth/token.md). Tokens are kept until shortly before they expire.
class Authorizer {
  public:
    Authorizer(http::Client transport, const ClientOptions& options)
        : transport_(std::move(transport)), options_(options) {}

    /// Takes the registry's host and a scope; gives the Authorization value to send, or nothing as long as
    /// the registry has not asked for one. Errors: the token service refuses or cannot be reached, or is
    /// where no credential may go.
    boost::asio::awaitable<Outcome<std::optional<std::string>>> authorization(std::string what,
                                                                              std::string host,
                                                                              std::string scope);

    /// Takes a 401 from the registry; gives whether asking again can end otherwise: it has a challenge that
    /// can be answered, or the token that it refused was an old one.
    bool learn(const std::string& host, const std::string& scope, const http::Response& response);

  private:
    using Clock = std::chrono::steady_clock;
    struct Kept {
        std::string token;
        Clock::time_point good_until;
    };

    boost::asio::awaitable<Outcome<std::string>> fetch_token(std::string what, std::string host,
                                                             std::string scope, Challenge challenge);
    [[nodiscard]] const Credential* credential(const std::string& host) const;

    http::Client transport_;
    const ClientOptions& options_;
    std::map<std::string, Challenge, std::less<>> challenges_;    ///< by host
    std::map<std::pair<std::string, std::string>, Kept> tokens_;  ///< by host and scope
};

}  // namespace pr_image::registry
