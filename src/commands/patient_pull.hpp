#pragma once

#include "actions/log.hpp"
#include "async/retry_policy.hpp"
#include "docker/engine.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>

namespace pr_image::commands {

/// How often something is looked for that somebody else is still making: after 1, 2, 4, 8 s, then every 15 s.
/// How long is up to the caller.
constexpr async::RetryPolicy kPolling{.attempts = async::RetryPolicy::kUnlimited,
                                      .first_delay = std::chrono::seconds(1),
                                      .max_delay = std::chrono::seconds(15),
                                      .jitter = 0};

/// Lets the engine pull an image, and asks again where the registry, or the way to it, fails in the middle:
/// for 30 s, or for `patience` where that is longer, with growing waits and not sooner than the registry asks
/// for. Each further attempt is one line of the log; what the engine has by then it does not fetch again. The
/// Error is the last attempt's.
boost::asio::awaitable<Result<void>> pull_patiently(actions::Log& log, docker::Engine& engine,
                                                    Reference image,
                                                    std::optional<docker::PullCredential> credential,
                                                    std::chrono::seconds patience = {});

}  // namespace pr_image::commands
