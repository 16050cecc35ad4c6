#pragma once

#include "plan/inputs.hpp"
#include "plan/plan.hpp"

#include <string>
#include <vector>

namespace pr_image::plan {

/// Says whether this run may have to install emulators before it builds: input
/// `qemu` asks for it, and the builder is on this machine's engine. A builder
/// elsewhere brings its own; the plan is then told so.
void choose_emulation(const BuilderInputs& inputs, Plan& plan);

/// Takes the platforms that are wanted and those that the builder runs
/// (`os/architecture[/variant]`, as it names them); gives those that it lacks.
/// A variant that is not asked for does not matter.
std::vector<std::string> lacking_platforms(const std::vector<std::string>& wanted,
                                           const std::vector<std::string>& runs);

/// Gives the platforms' architectures, each once: what tonistiigi/binfmt takes
/// behind `--install`.
std::vector<std::string> emulators_of(const std::vector<std::string>& platforms);

}  // namespace pr_image::plan
