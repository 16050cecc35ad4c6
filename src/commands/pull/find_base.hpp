#pragma once

#include "commands/looks.hpp"
#include "commands/session.hpp"
#include "plan/facts.hpp"
#include "plan/handover/pull.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// Finds the image that a build stands on, verified as a pull would, without loading it: in the registry, or
/// as the run's artifact, which is then unpacked into a folder of `looks`. The Error has the reason of every
/// source.
boost::asio::awaitable<Result<plan::BaseImage>> find_base(Session& session, const plan::PullPlan& plan,
                                                          Looks& looks);

}  // namespace pr_image::commands
