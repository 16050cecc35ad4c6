#pragma once

#include "commands/looks.hpp"
#include "commands/session.hpp"
#include "plan/handover/pull.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace pr_image::commands {

/// An image that is in the local engine, and was verified.
struct Obtained {
    plan::Source source = plan::Source::registry;
    std::string image;             ///< a name or id that the engine knows it by
    std::optional<Digest> digest;  ///< what its source calls it; absent for a rebuild
};

/// Tries the plan's sources in their order and stops at the first that works; each miss is one line of the
/// log. The Error has the reason of every source; a signal ends it at once.
boost::asio::awaitable<Result<Obtained>> obtain(Session& session, const plan::PullPlan& plan, Looks& looks);

/// Gets the image from its registry. While the plan's `wait` lasts, one that is not there yet or was built
/// for another commit is asked for again. Nothing is pulled that was not verified first. Errors: not there,
/// for another commit or platform, no right to see it; the engine cannot pull it.
boost::asio::awaitable<Result<Obtained>> from_registry(Session& session, const plan::PullPlan& plan,
                                                       Looks& looks);

/// Gets the image from the run's artifact: downloads and proves it (see download_image()), then loads it
/// under no name. Errors: download_image()'s, and docker::load_image()'s.
boost::asio::awaitable<Result<Obtained>> from_artifact(Session& session, const plan::PullPlan& plan,
                                                       Looks& looks);

/// Builds the image once more from the caches. Errors: what a build can fail of.
boost::asio::awaitable<Result<Obtained>> from_cache(Session& session, const plan::PullPlan& plan,
                                                    Looks& looks);

}  // namespace pr_image::commands
