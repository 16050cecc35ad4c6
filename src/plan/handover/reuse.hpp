#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/names/names.hpp"
#include "plan/plan.hpp"
#include "text/error.hpp"

namespace pr_image::plan {

/// True when an image that the registry holds already may stand for the one that would be built: a pull
/// request's, with our labels to prove it, whole, and without outputs that only a build makes.
bool may_reuse(const Inputs& inputs, const Names& names);

/// Decides on the image that the registry holds under the main tag: the plan's `reuse` or `moved_from` is
/// set. An ephemeral tag may only hold an image that this plan would build again, or one of an older merge of
/// the same head, which is replaced; anything else is an Error. A tag that the workflow named moves. Rule:
/// README, "What it decides".
Result<void> choose_reuse(const Names& names, const Facts& facts, const Inputs& inputs, Plan& plan);

}  // namespace pr_image::plan
