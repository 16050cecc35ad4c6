#pragma once

#include "commands/looks.hpp"
#include "commands/session.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// Makes every look that the event and inputs call for, all at once, each with a deadline: engine, buildx,
/// registries, GitHub's API, checkout. What cannot be reached is a fact. Errors: input combinations that
/// decide() refuses whatever the facts are, and a signal. With `probe: false` only the checkout is looked at.
boost::asio::awaitable<Result<Looks>> gather(Session& session);

/// Makes the looks of a consumer: its engine, and GitHub's API where the event does not describe its pull
/// request. Errors: no engine, input combinations that decide_pull() refuses whatever the facts are, a
/// signal.
boost::asio::awaitable<Result<Looks>> gather_for_pull(Session& session);

}  // namespace pr_image::commands
