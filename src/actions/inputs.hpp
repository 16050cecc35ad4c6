#pragma once

#include "actions/environment.hpp"

#include <map>
#include <string>

namespace pr_image::actions {

/// Canonical name (`cache-from`) to the value as the workflow wrote it.
using InputMap = std::map<std::string, std::string, std::less<>>;

/// Takes the environment; gives every `INPUT_*` variable under its canonical name: lower case, `-` between
/// words. The runner upper-cases a name, turns its spaces into `_` and leaves its hyphens
/// (`INPUT_CACHE-FROM`); a person's shell can only export `INPUT_CACHE_FROM`, which means the same here but
/// yields to the runner's spelling when both are set. An input that is given as empty is in the map as empty.
InputMap read_inputs(const Environment& environment);

}  // namespace pr_image::actions
