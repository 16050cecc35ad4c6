#pragma once

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace pr_image::commands {

/// Takes coroutines that end by themselves and throw nothing; runs them side by side and ends when all have.
/// When it is cancelled it cancels each of them, and still waits for their ends: they may refer to the
/// caller's variables.
boost::asio::awaitable<void> concurrently(std::vector<boost::asio::awaitable<void>> tasks);

}  // namespace pr_image::commands
