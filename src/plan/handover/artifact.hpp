#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::plan {

/// Gives the name under which the producer uploads and the consumer looks for an image: one for each image
/// and tag, the same in every job of a run. It is also the file's name. At most 200 characters, all of which
/// GitHub allows in an artifact's name, come out: a longer one is cut and ends in a hash of the whole. Where
/// each job builds one platform (`fan-out: true`), `platform` says which, because no two jobs of a run can
/// have one name.
std::string artifact_name(const Reference& tag, std::string_view platform = {});

/// Takes the plan as far as strategy, tags and platforms are decided; gives what is uploaded as an artifact,
/// or nothing. Rule: README, "Later jobs get exactly that image": under fallback, or as input `artifact` has
/// it. A warning is added to the plan where it is wished for by default and cannot be. Error: `artifact:
/// always` where it cannot be.
Result<std::optional<ArtifactPlan>> choose_artifact(const Inputs& inputs, const Facts& facts, Plan& plan);

}  // namespace pr_image::plan
