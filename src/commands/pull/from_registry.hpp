#pragma once

#include "commands/looks.hpp"
#include "commands/session.hpp"
#include "plan/handover/pull.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// Looks for the plan's image in its registry and verifies it, without pulling it: see from_registry(). Gives
/// its digest.
boost::asio::awaitable<Result<Digest>> find_in_registry(Session& session, const plan::PullPlan& plan,
                                                        const Looks& looks);

}  // namespace pr_image::commands
