#pragma once

#include "plan/input_reader.hpp"
#include "plan/inputs.hpp"

#include <string>

namespace pr_image::plan {

/// Reads what buildx is asked to do: every input of docker/build-push-action but the names. `environment` is
/// where `secret-envs` finds its variables. Rule: docker/build-push-action's src/context.ts.
void read_build(InputReader& read, const InputMap& environment, Inputs& inputs);

}  // namespace pr_image::plan
