#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "plan/who/grants.hpp"
#include "plan/who/subject.hpp"

namespace pr_image::plan {

/// Gives what buildx is asked to do, all but attestations, which depend on the builder. Code that is not
/// trusted gets neither secret nor SSH agent nor token; the plan is warned of what was left out. A context on
/// GitHub gets the token to fetch it with, unless a secret GIT_AUTH_TOKEN is given. Rule: README, "How it
/// stays safe".
BuildRequest build_request(const Event& event, const Inputs& inputs, const Subject& subject,
                           const Grants& grants, Plan& plan);

/// Gives the facts as they are for what is built: where BuildKit fetches the context itself, what is checked
/// out here says nothing.
Facts facts_of_context(const Inputs& inputs, Facts facts);

}  // namespace pr_image::plan
