#pragma once

#include "plan/build/option_list.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"
#include "text/pull_request_number.hpp"

#include <string_view>

namespace pr_image::plan {

/// What is written under a name.
enum class Written { image, cache };

/// Takes a name that an output or a cache of a pull request's run is written to in a registry, and the input
/// that it comes from. An Error where an input for tags could not name it either: a tag outside the pull
/// request's own (`pr-<number>…`, for a cache `buildcache-pr-<number>…` too), one that is protected, none at
/// all, which is `latest`, and whatever a digest names. Rule: README, "What it decides"; see
/// check_pull_request_tag().
Result<void> check_written_name(const NamedImage& image, Written what, std::string_view input,
                                const Event& event, const Inputs& inputs, const PullRequestNumber& number);

/// Takes a plan whose outputs and caches are chosen; gives check_written_name()'s Error for the first name
/// that it may not write. A name without a tag is not one where the plan has tags: buildx pushes those.
Result<void> check_written_names(const Event& event, const Inputs& inputs, const Plan& plan);

}  // namespace pr_image::plan
