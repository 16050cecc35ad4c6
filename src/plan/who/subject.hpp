#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"

#include <optional>
#include <string>

namespace pr_image::plan {

/// What a run builds an image of, and how far its code can be trusted.
struct Subject {
    std::optional<PullRequestNumber> number;  ///< absent for branches and git tags
    CommitSha sha;                            ///< the commit that the image is named after
    std::optional<CommitSha> head_sha;        ///< of the pull request, or of the ref
    std::optional<CommitSha>
        merge_sha;         ///< GITHUB_SHA of pull_request and merge_group: head merged into base
    std::string base_ref;  ///< the branch a pull request wants to go to
    HeadRepository head_repository = HeadRepository::same;  ///< unknown also while GitHub's API was not asked
    bool closed = false;   ///< the pull request is closed: there is nothing to build
    bool trusted = false;  ///< false: the code may come from anybody. Only grants_of() reads it
    bool privileged =
        true;  ///< the event hands out secrets and a write token, to a fork's code too; as above
};

/// True for events whose payload does not say which commit is meant: then inputs `pr-number` and `sha` must.
bool needs_subject_inputs(const Event& event, const Inputs& inputs);

/// Takes the event, the inputs and (for events that do not describe their pull request) what GitHub's API
/// says of it; gives the subject. Errors: inputs that contradict the event, inputs that are missing, a `sha`
/// that is not the pull request's head (a forged artifact or a stale run), or is abbreviated where it vouches
/// for a commit: on pull_request_target and wherever inputs name the pull request. Rule: README, "What it
/// decides".
Result<Subject> resolve_subject(const Event& event, const Inputs& inputs,
                                const std::optional<PullRequestFacts>& pull_request);

}  // namespace pr_image::plan
