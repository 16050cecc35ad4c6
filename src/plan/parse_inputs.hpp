#pragma once

#include "plan/inputs.hpp"
#include "text/error.hpp"
#include "text/workspace_path.hpp"

namespace pr_image::plan {

/// Takes the raw inputs, `environment` for `secret-envs` (name → value) and what opens paths; gives the typed
/// Inputs or one Error that names the input, shows the value (never one that may be a secret) and says what
/// is allowed. A password or build secret that is empty is one that was not given: so GitHub hands the
/// secrets of a repository to forks and to Dependabot. Touches no file but through `paths`.
Result<Inputs> parse_inputs(const InputMap& raw, const InputMap& environment, const PathOpener& paths);

}  // namespace pr_image::plan
