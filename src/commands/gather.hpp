#pragma once

#include "commands/session.hpp"
#include "docker/buildx.hpp"
#include "docker/engine.hpp"
#include "plan/facts.hpp"
#include "process/private_directory.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace pr_image::commands {

/// What was found, and the tools that were found with it.
struct Looks {
    plan::Facts facts;
    std::optional<docker::Engine> engine;  ///< how to speak to it, whether it answered or not
    std::optional<docker::Buildx> buildx;
    std::optional<process::PrivateDirectory> base_folder;  ///< what the base image was unpacked into
};

/// Makes every look that the event and inputs call for, all at once, each with a deadline: engine, buildx,
/// registries, GitHub's API, checkout. What cannot be reached is a fact. Errors: input combinations that
/// decide() refuses whatever the facts are, and a signal. With `probe: false` only the checkout is looked at.
boost::asio::awaitable<Result<Looks>> gather(Session& session);

/// Makes the looks of a consumer: its engine, and GitHub's API where the event does not describe its pull
/// request. Errors: no engine, input combinations that decide_pull() refuses whatever the facts are, a
/// signal.
boost::asio::awaitable<Result<Looks>> gather_for_pull(Session& session);

}  // namespace pr_image::commands
