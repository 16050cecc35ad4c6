#pragma once

#include "async/retry_policy.hpp"
#include "http/client.hpp"
#include "http/failure.hpp"
#include "http/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace pr_image::http {

using async::RetryPolicy;

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

/// Sends as Client::exchange, and again after transient failures and statuses, as far as the policy allows.
/// Gives the last attempt's outcome. A source without `rewind` that was read, or a sink that has seen bytes,
/// ends it.
boost::asio::awaitable<Outcome<Response>> send_with_retry(Client client, Request request, RetryPolicy policy);

}  // namespace pr_image::http
