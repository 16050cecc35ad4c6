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

/// Takes the facts as they are for what is built; says whether the build's folders hold the commit that the
/// image is named after. The wrong commit in the workspace is how tests come to run against the wrong image:
/// a warning. Where the event hands out secrets, it is how a fork's code would get what only the named pull
/// request is trusted with, or how something else is built than what a label or comment let in: there the
/// context has to be proven to be that commit, and each further folder of the build that commit or the
/// workflow's own. What is not proven: that no step has changed files of the checkout.
Result<void> check_checkout(const Event& event, const Inputs& inputs, const Subject& subject,
                            const Grants& grants, const Facts& facts, std::vector<Warning>& warnings);

/// Says whether the build may read the credentials that git has in its folders. A fork's code on an event
/// that hands out secrets may not, wherever they are, and not where it is not known; the ignore file is its
/// own, and leaves nothing out. For others it is a warning: for a fork's code wherever they are, for the
/// repository's own where its context has them. Rule: README, "How it stays safe".
Result<void> check_credentials(const Grants& grants, const Facts& facts, std::vector<Warning>& warnings);

}  // namespace pr_image::plan
