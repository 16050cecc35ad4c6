#pragma once

#include "github/rate_limit.hpp"
#include "http/client.hpp"
#include "http/message.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>

namespace pr_image::github {

/// Why GitHub's API did not do what it was asked.
enum class FailureKind {
    limited,      ///< a limit of requests is reached, and lasts longer than the run will wait
    unreachable,  ///< no answer, or only "not now", for as long as it was tried
    refused,      ///< it knows the token and says no (403), or does not accept it (401)
    absent,       ///< 404: there is no such thing, or the token may not see it
    unexpected,   ///< an answer that the API does not have
    cancelled
};

struct Failure {
    FailureKind kind = FailureKind::unexpected;
    text::Error error;
};

template <typename T>
using Outcome = std::expected<T, Failure>;

struct ApiOptions {
    std::string url;    ///< GITHUB_API_URL, without a slash at the end
    std::string token;  ///< may be empty for public things
    /// How long all waits for limits may take together.
    std::chrono::milliseconds patience{std::chrono::minutes(3)};
    /// The first wait after a failure; it doubles.
    std::chrono::milliseconds first_delay{250};
    int attempts = 4;
};

/// GitHub's REST API with one token: paced by its limits, patient with its failures. Copies share both.
class Api {
  public:
    Api(http::Client transport, ApiOptions options);

    /// Takes a path (percent-encoded, with its query) below the API's URL; gives the answer, whatever its
    /// status, after as many tries as it takes: connection errors, 408 and 5xx with growing random waits,
    /// limits with the wait that they ask for. `what` begins the error ("Cannot list …"). Every method is
    /// tried again: use it only for what may be done twice. Errors: limited, unreachable, cancelled.
    boost::asio::awaitable<Outcome<http::Response>> send(std::string what, http::Method method,
                                                         std::string path);

    [[nodiscard]] RateLimit& limit() const;
    [[nodiscard]] const ApiOptions& options() const;
    /// How many requests were sent so far.
    [[nodiscard]] std::size_t requests() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Takes an answer that is not what was hoped for; gives GitHub's own words for it, printable.
std::string api_words(const http::Response& response);

/// Takes what was tried and such an answer; gives the Failure that its status means.
Failure failure_of(std::string what, const http::Response& response);

}  // namespace pr_image::github
