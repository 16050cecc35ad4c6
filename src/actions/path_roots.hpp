#pragma once

#include "actions/environment.hpp"
#include "text/workspace_path.hpp"

#include <string>

namespace pr_image::actions {

/// Takes the environment and the workspace; gives the folders that inputs may name files in. The runner
/// translates an input that begins with the workspace's own path, and no path within an input, so the names
/// that `github.workspace` and `runner.temp` have in expressions are among them: `RUNNER_WORKSPACE` is the
/// one path of its machine that it leaves as it is. Rule: actions/runner, ContainerActionHandler.
PathRoots path_roots(const Environment& environment, std::string workspace);

}  // namespace pr_image::actions
