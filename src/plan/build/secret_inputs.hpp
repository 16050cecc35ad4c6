#pragma once

#include "plan/input_reader.hpp"
#include "plan/inputs.hpp"

#include <string>

namespace pr_image::plan {

/// Reads `secrets`, `secret-envs` and `secret-files`. Nothing of input `secrets` is ever in an error: what
/// looks like an id can be a line of a secret that lacks its quotes. Such lines are recognised where they are
/// not `id=value`, and where what they would make an id of is the end of a Base64 text.
void read_secrets(InputReader& read, const InputMap& environment, Inputs& inputs);

}  // namespace pr_image::plan
