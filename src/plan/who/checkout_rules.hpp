#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "plan/who/grants.hpp"
#include "plan/who/subject.hpp"
#include "text/error.hpp"

#include <vector>

namespace pr_image::plan {

/// Takes the facts as they are for what is built; says whether the workspace holds the commit that the image
/// is named after. The wrong commit in the workspace is how tests come to run against the wrong image. Where
/// inputs name the pull request, it is also how a fork's code would get what only the named one is trusted
/// with; and where a person's label or comment let a fork's code in, how something else is built than what
/// was looked at: there it is an Error, elsewhere a warning.
Result<void> check_checkout(const Event& event, const Inputs& inputs, const Subject& subject,
                            const Grants& grants, const Facts& facts, std::vector<Warning>& warnings);

}  // namespace pr_image::plan
