#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "plan/who/grants.hpp"
#include "plan/who/subject.hpp"
#include "text/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan {

/// How the image gets to later jobs, and why this way.
struct StrategyChoice {
    Strategy strategy = Strategy::skip;
    std::string reason;  ///< one sentence, without the full stop
    std::vector<Warning> warnings;
};

/// Takes the run's subject, its grants, its images and what their registries said; gives the row of README,
/// "What it decides". Errors: code of a fork with secrets at hand that nobody allowed to build; a push that
/// is refused where a push is what the run is for.
Result<StrategyChoice> choose_strategy(const Event& event, const Inputs& inputs, const Subject& subject,
                                       const Grants& grants, const std::vector<ImageName>& images,
                                       const Facts& facts);

/// True for GitHub's own container registry: ghcr.io, or containers.<host> for Enterprise Server and data
/// residency.
bool is_github_registry(std::string_view host, const Event& event);

/// Gives what input `push` means together with `outputs` and `call`: where outputs say where the result goes
/// and none of them pushes, and where nothing is built at all, `auto` is no push.
PushWish push_wish(const Inputs& inputs);

/// Gives the credentials that this run has for a registry: those of `registry-auth` or `username`/`password`,
/// else the GitHub token, which is for GitHub's own container registry and is never sent anywhere else.
std::optional<RegistryLogin> login_for(std::string_view host, const Event& event, const Inputs& inputs);

}  // namespace pr_image::plan
