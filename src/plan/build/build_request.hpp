#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "plan/who/grants.hpp"
#include "plan/who/subject.hpp"

#include <vector>

namespace pr_image::plan {

/// Gives what buildx is asked to do, all but attestations, which depend on the
/// builder, and without what is not granted (withhold()): `warnings` say what
/// was left out. A context on GitHub gets the token to fetch it with, where
/// that is granted and no secret GIT_AUTH_TOKEN is given. Rule: README, "How it
/// stays safe".
BuildRequest build_request(const Event& event, const BuildInputs& inputs, const CredentialInputs& credentials,
                           const Subject& subject, const Grants& grants, std::vector<Warning>& warnings);

/// Gives the facts as they are for what is built: where BuildKit fetches the
/// context itself, what is checked out here says nothing.
Facts facts_of_context(const Inputs& inputs, Facts facts);

}  // namespace pr_image::plan
