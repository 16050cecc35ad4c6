#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <vector>

namespace pr_image::commands {

/// Takes coroutines that end by themselves and throw nothing; runs them side by side and ends when all have.
/// When it is cancelled it cancels each of them, and still waits for their ends: they may refer to the
/// caller's variables.
boost::asio::awaitable<void> concurrently(std::vector<boost::asio::awaitable<void>> tasks);

/// Takes a coroutine that throws nothing and how long it may take; gives false when it was cancelled because
/// the time was over. Its end is waited for either way, as above.
boost::asio::awaitable<bool> within(std::chrono::milliseconds limit, boost::asio::awaitable<void> task);

}  // namespace pr_image::commands
