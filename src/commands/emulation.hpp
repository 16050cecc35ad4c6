#pragma once

#include "commands/looks.hpp"
#include "commands/session.hpp"
#include "plan/plan.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace pr_image::commands {

/// Where the plan has an emulator's image: asks the builder which platforms it runs, and if it lacks one that
/// is wanted, runs the image once, privileged, through the engine's socket, as tonistiigi/binfmt documents
/// it, and asks again. `environment` is buildx's. Errors: the image cannot be had, its container fails (in
/// its own words), or the builder lacks the platform still.
boost::asio::awaitable<Result<void>> ensure_emulation(Session& session, const plan::Plan& plan, Looks& looks,
                                                      std::vector<std::string> environment);

}  // namespace pr_image::commands
