#pragma once

#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace pr_image::async {

// All of these run their work on the caller's executor and end when the last piece that was started has
// ended. Cancelled, they cancel what is under way, start nothing more, and still wait for those ends: the
// work may refer to the caller's variables.

/// Takes how many pieces of work there are, how many may be under way at once (at least one is), and the work
/// of one, by its index from 0; starts them in that order. The first Error cancels the others and is what
/// comes back; an Error too when it was cancelled before everything was started.
boost::asio::awaitable<Result<void>> run_workers(
    std::size_t count, std::size_t at_once,
    std::function<boost::asio::awaitable<Result<void>>(std::size_t)> work);

/// The same for work that keeps its own result and throws nothing.
boost::asio::awaitable<void> run_workers(std::size_t count, std::size_t at_once,
                                         std::function<boost::asio::awaitable<void>(std::size_t)> work);

/// Runs tasks that keep their own results and throw nothing, all of them at once. A cancelled one ends at its
/// next wait, unless it asked for throw_if_cancelled(false).
boost::asio::awaitable<void> run_workers(std::vector<boost::asio::awaitable<void>> tasks);

}  // namespace pr_image::async
