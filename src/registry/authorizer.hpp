#pragma once

#include "http/client.hpp"
#include "http/message.hpp"
#include "registry/challenge.hpp"
#include "registry/failure.hpp"
#include "registry/options.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace pr_image::registry {

/// What one request carries to say who asks.
struct Authorization {
    std::string value{};    ///< of the header; empty: the registry has not asked for one
    Challenge challenge{};  ///< what it answers
    bool fresh = false;  ///< nothing newer can be sent: a credential, or a token issued for this very try by
                         ///< the challenge of this very scope
};

/// Answers registries' challenges: Basic with the credential, Bearer with a token that a token service gives
/// for it (distribution, docs/spec/auth/token.md). Tokens are kept until shortly before they expire.
///
/// Requests that go out together meet their challenges together: whether a 401 refuses a credential is read
/// from what its request carried, never from what is known by the time the 401 is there. Those that need the
/// same token wait for one request to the token service.
class Authorizer {
  public:
    Authorizer(http::Client transport, const ClientOptions& options)
        : transport_(std::move(transport)), options_(options) {}

    /// Takes the registry's host and a scope; gives what to send, which is nothing as long as the registry
    /// has not asked for it. Errors: the token service refuses, cannot be reached or sends this request to
    /// another origin; it is where no credential may go.
    boost::asio::awaitable<Outcome<Authorization>> authorization(std::string what, std::string host,
                                                                 std::string scope);

    /// Takes a 401 of the registry's own origin, and what the request that met it carried; gives whether
    /// asking again can end otherwise: its challenge can be answered, and was not answered by that request
    /// already, unless with a token that may have grown old.
    bool learn(const std::string& host, const std::string& scope, const http::Response& response,
               const Authorization& refused);

  private:
    using Clock = std::chrono::steady_clock;
    using Place = std::pair<std::string, std::string>;  ///< host and scope
    struct Kept {
        Authorization authorization;
        Clock::time_point good_until;
    };
    struct Flight;
    struct Landing;

    boost::asio::awaitable<Outcome<Authorization>> fetch_token(std::string what, Place place,
                                                               Challenge challenge);
    boost::asio::awaitable<Outcome<Token>> ask_token_service(std::string what, Place place,
                                                             Challenge challenge);
    [[nodiscard]] const Credential* credential(const std::string& host) const;
    [[nodiscard]] const Challenge* challenge_at(const Place& place) const;

    http::Client transport_;
    const ClientOptions& options_;
    std::map<Place, Challenge> challenges_;
    std::map<std::string, Challenge, std::less<>>
        last_challenges_;  ///< by host: the best guess for a new scope
    std::map<Place, Kept> tokens_;
    std::map<Place, std::shared_ptr<Flight>> flights_;  ///< token requests that are under way
};

}  // namespace pr_image::registry
