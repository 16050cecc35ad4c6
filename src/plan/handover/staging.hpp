#pragma once

#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <string_view>

namespace pr_image::plan {

/// Gives the tag under which one job of this run leaves its part of an image for `command: merge`:
/// `pr-image-staging-<run id>-<os>-<architecture>[-<variant of it>][--<input variant>]`. A run's later
/// attempts have the same, so that jobs which are not run again need not be. An Error says that input
/// variant makes it too long. Rule: clean-up's tag grammar.
Result<Tag> staging_tag(const Event& event, const Inputs& inputs, std::string_view platform);

/// Takes the plan of a job with `fan-out: true` as far as strategy, names, annotations and platforms are
/// decided; makes it the plan of a part: pushed under its staging tag alone, without the annotations of the
/// index that is not there yet. Where nothing is pushed the names stay. Errors: not exactly one platform.
Result<void> stage_part(const Event& event, const Inputs& inputs, Plan& plan);

}  // namespace pr_image::plan
