#pragma once

#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>

namespace pr_image::github::artifacts {

/// Takes how many workers there shall be and what makes one; runs them side by side on the caller's executor
/// and ends when the last has ended. The first Error cancels the others and is what comes back. Cancelled, it
/// cancels all of them and still waits for their ends: they may refer to the caller's variables.
boost::asio::awaitable<Result<void>> side_by_side(
    std::size_t count, std::function<boost::asio::awaitable<Result<void>>()> make_worker);

}  // namespace pr_image::github::artifacts
