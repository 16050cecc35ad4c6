#pragma once

#include "plan/build/known_secrets.hpp"
#include "plan/plan.hpp"
#include "plan/who/grants.hpp"
#include "text/error.hpp"

#include <vector>

namespace pr_image::plan {

/// Takes what the inputs ask of a build; takes out of it what is not granted,
/// each with a warning: secrets, SSH keys, entitlements, the host's network,
/// build arguments that hold a secret this step knows, and user and password in
/// the addresses of contexts. Where it is granted, a known secret in a build
/// argument or a context is a warning that does not show it. Rule: SECURITY.md,
/// "What is granted".
void withhold(BuildRequest& build, const KnownSecrets& known, const Grants& grants,
              std::vector<Warning>& warnings);

/// Takes a whole plan; an Error names the input that would hand a secret this
/// step knows to code that is not granted it. What could be left out without
/// another meaning is left out before.
Result<void> check_known_secrets(const Plan& plan, const KnownSecrets& known);

}  // namespace pr_image::plan
