#pragma once

#include "e2e/scene.hpp"

#include <map>
#include <string>

namespace pr_image::e2e {

/// Checks what every step keeps to, whether it was carried out or refused: the runner held nothing against
/// it, all groups are closed, commands are processed again, nothing was left for later steps, and no secret
/// is to be seen. Prints the step's log when the test case fails.
void check_manners(const Scene& scene, const Result& result);

/// The result, with its manners checked.
Result checked(const Scene& scene, Result result);

/// `scene.run(inputs)`, with its manners checked.
Result run_checked(Scene& scene, const std::map<std::string, std::string>& inputs = {});

}  // namespace pr_image::e2e
