#pragma once

#include "commands/looks.hpp"
#include "commands/report.hpp"
#include "commands/session.hpp"
#include "plan/plan.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// Builds the plan's image: one run of buildx for all its outputs, with credentials and secrets in a private
/// directory that is gone afterwards; then believes only what registry and engine answer. Errors: no engine
/// or buildx, a build that fails (with the step's last lines), a registry that does not hold what was pushed,
/// a signal.
boost::asio::awaitable<Result<BuildOutcome>> build_image(Session& session, const plan::Plan& plan,
                                                         Looks& looks);

/// Builds nothing, because the registry holds the plan's image already; loads it where the plan wants it
/// loaded.
boost::asio::awaitable<Result<BuildOutcome>> reuse_image(Session& session, const plan::Plan& plan,
                                                         Looks& looks);

}  // namespace pr_image::commands
