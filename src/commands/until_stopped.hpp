#pragma once

#include "process/interruption.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace pr_image::commands {

/// How a command came to its end.
struct Ending {
    Result<void> result;
    bool timed_out = false;
};

/// Runs a command until it ends, a signal comes, or `timeout` is over (0: never), which then acts as a
/// signal. Subprocesses end in their own way first; then whatever is under way is cancelled, in every phase,
/// and its private folders and half-written files go with it. The command must be a coroutine that can be
/// cancelled at every wait.
boost::asio::awaitable<Ending> until_stopped(process::Interruption& interruption,
                                             std::chrono::seconds timeout,
                                             boost::asio::awaitable<Result<void>> command);

}  // namespace pr_image::commands
