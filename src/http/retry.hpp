#pragma once

#include "http/client.hpp"
#include "http/failure.hpp"
#include "http/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace pr_image::http {

/// When to try again, and for how long.
struct RetryPolicy {
    int attempts = 4;                                 ///< the first one included
    std::chrono::milliseconds first_delay{500};       ///< doubles after each attempt
    std::chrono::milliseconds longest_delay{15'000};  ///< of one wait that we choose ourselves
    std::chrono::milliseconds deadline{90'000};       ///< no attempt begins after this
    bool any_method = false;  ///< also POST and PATCH: only where doing it twice does no harm
};

/// Says whether a response with this status may be another one in a moment: 408, 425, 429, 500, 502, 503,
/// 504.
bool is_transient(int status);

/// Takes a Retry-After value (RFC 9110 section 10.2.3: seconds or an HTTP date) and the time now; gives how
/// long to wait, not less than zero, or nothing when it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                           std::chrono::system_clock::time_point now);

/// Takes an answer's headers; gives how long they ask to wait (Retry-After), by the clock of the server where
/// they say what that shows, or nothing.
std::optional<std::chrono::milliseconds> asked_delay(const Headers& headers);

/// Gives the policy for what comes after such an outcome: a name service that does not answer is away for
/// longer than a server that restarts, so it is asked for fifteen seconds at least, where anything is tried
/// again.
RetryPolicy policy_after(RetryPolicy policy, const Outcome<Response>& outcome);

/// Takes how many attempts have failed (1 or more), what the server asked for, how much time the policy's
/// deadline leaves, and a random number in [0, 1); gives how long to wait before the next attempt, or nothing
/// when there shall be none. Half of each delay is random, so that jobs that failed together do not return
/// together.
std::optional<std::chrono::milliseconds> retry_delay(const RetryPolicy& policy, int failed,
                                                     std::optional<std::chrono::milliseconds> asked,
                                                     std::chrono::milliseconds left, double random);

/// Sends as Client::exchange, and again after transient failures and statuses, as far as the policy allows.
/// Gives the last attempt's outcome. A source without `rewind` that was read, or a sink that has seen bytes,
/// ends it.
boost::asio::awaitable<Outcome<Response>> send_with_retry(Client client, Request request, RetryPolicy policy);

}  // namespace pr_image::http
