#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace pr_image::async {

/// Gives whether the calling coroutine was cancelled. A cancellation that arrives while no operation is under
/// way is not reported to the next one: a loop that has to stop asks here before each wait, with
/// throw_if_cancelled(false).
boost::asio::awaitable<bool> is_cancelled();

/// Waits for `duration` (zero or less: no time; at most a year); gives false when the coroutine was cancelled
/// before or meanwhile.
boost::asio::awaitable<bool> sleep_for(std::chrono::milliseconds duration);

/// Runs a coroutine that throws nothing for `limit` at most; gives false when it was cancelled because the
/// time was up. Its end is awaited either way: it may refer to the caller's variables.
boost::asio::awaitable<bool> with_timeout(std::chrono::milliseconds limit, boost::asio::awaitable<void> task);

}  // namespace pr_image::async
