#pragma once

#include "actions/environment.hpp"
#include "actions/log.hpp"

namespace pr_image::commands {

/// Takes the environment that the runner set; carries out the command that input `command` names, and shows
/// what happened. Gives the process's exit status: 0 when it is done, 1 after the one error annotation that
/// says why it is not, 128 and the signal's number when a signal ended it.
int run(const actions::Environment& environment, actions::Log& log);

}  // namespace pr_image::commands
