#pragma once

#include "plan/input_reader.hpp"
#include "plan/inputs.hpp"

namespace pr_image::plan {

/// Reads what the image is called and what is written on it: `metadata`, `image`, `images`, `pr-tag`, `sha`,
/// `pr-number`, `variant`, `tags`, `flavor`, `protected-tags`, `labels`, `annotations`, and the variables
/// that docker/metadata-action has for the short SHA and the annotations' levels. `inputs.naming.registry` is
/// read already.
void read_naming(InputReader& read, const InputMap& environment, Inputs& inputs);

}  // namespace pr_image::plan
