#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/names/names.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"

namespace pr_image::plan {

/// Takes the consumer's facts and names; gives the build that makes the image once more from its caches:
/// loaded here, pushed nowhere, and no cache is written. Errors: decide()'s, and a run that builds nothing.
Result<Plan> decide_rebuild(const Event& event, Inputs inputs, Facts facts, const Names& names);

}  // namespace pr_image::plan
