#pragma once

#include "plan/facts.hpp"
#include "plan/handover/pull.hpp"
#include "plan/inputs.hpp"
#include "plan/names/names.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"

#include <optional>

namespace pr_image::plan {

/// Takes what a build with `base-image` knows, and its own names; gives where its base is looked for: what
/// input `ref` names, else this repository's image without `variant`, in the registry and then in the
/// artifact. Nothing without `base-image`. Errors: decide_pull()'s; a base that is the image itself;
/// `handover: cache`.
Result<std::optional<PullPlan>> decide_base(const Event& event, const Inputs& inputs, const Facts& facts,
                                            const Names& own);

/// Adds to the plan's build what lets `FROM ${BASE_IMAGE}` find the base: a pinned reference, or a named
/// build context with the OCI layout, which every builder driver takes. Without a look the base is assumed to
/// be in the registry. Error: the base was looked for and not found.
Result<void> stand_on_base(const Event& event, const Inputs& inputs, const Facts& facts, const Names& own,
                           Plan& plan);

}  // namespace pr_image::plan
