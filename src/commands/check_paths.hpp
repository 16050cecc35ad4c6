#pragma once

#include "plan/plan.hpp"
#include "text/error.hpp"
#include "text/workspace_path.hpp"

namespace pr_image::commands {

/// Looks again at every file and folder that a build will read or write, right before another program opens
/// them: what inputs named when the step began may have changed since. An Error names the input.
Result<void> check_paths(const PathOpener& paths, const plan::Plan& plan);

}  // namespace pr_image::commands
