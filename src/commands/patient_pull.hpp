#pragma once

#include "actions/log.hpp"
#include "docker/engine.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>

namespace pr_image::commands {

/// Lets the engine pull an image, and asks again where the registry, or the way to it, fails in the middle:
/// for 30 s, or for `patience` where that is longer, with growing waits and not sooner than the registry asks
/// for. Each further attempt is one line of the log; what the engine has by then it does not fetch again. The
/// Error is the last attempt's.
boost::asio::awaitable<Result<void>> pull_patiently(actions::Log& log, docker::Engine& engine,
                                                    Reference image,
                                                    std::optional<docker::PullCredential> credential,
                                                    std::chrono::seconds patience = {});

}  // namespace pr_image::commands
