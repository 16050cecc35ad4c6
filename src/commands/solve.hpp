#pragma once

#include "commands/looks.hpp"
#include "commands/session.hpp"
#include "docker/build.hpp"
#include "docker/build_argv.hpp"
#include "plan/plan.hpp"
#include "process/private_directory.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::commands {

/// Lets buildx build the plan in a private directory that holds its credentials and `files`, as often as the
/// inputs and docker::decide_retry() say; each further attempt is one warning with its reason. Gives the last
/// attempt's result. A build that only failed to write its cache, after the push of all that was wanted, has
/// succeeded when the registry holds exactly what was pushed: its result then is that of a build without that
/// cache. Errors: the builder cannot be made, buildx cannot be started.
boost::asio::awaitable<Result<docker::BuildResult>> solve(Session& session, plan::Plan plan, Looks& looks,
                                                          const process::PrivateDirectory& directory,
                                                          const docker::BuildFiles& files);

}  // namespace pr_image::commands
