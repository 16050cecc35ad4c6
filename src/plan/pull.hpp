#pragma once

#include "plan/decide.hpp"
#include "plan/event.hpp"
#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/subject.hpp"
#include "text/error.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan {

/// Where an image can come from.
enum class Source { registry, artifact, cache };

/// Gives "registry", "artifact", "cache".
std::string_view to_string(Source source);

/// What a later job wants, and in which order it looks for it. A value: carrying it out makes no further
/// decision.
struct PullPlan {
    Reference reference;                ///< pinned by digest when the producer's `ref` is given
    std::optional<CommitSha> head_sha;  ///< the commit that the image must have been built for
    std::vector<Source> sources;        ///< tried in this order, never empty
    std::chrono::seconds wait{
        0};  ///< how long the registry is asked again for an image that is not there yet
    std::vector<Reference>
        names;             ///< what the image is called in the local engine afterwards, first the main one
    std::string artifact;  ///< the artifact's name
    std::string run_id;    ///< whose artifact; empty: this run's
    bool trusted = true;
    bool login = false;  ///< the registry may be asked with this run's credentials
};

/// Gives the name under which the producer uploads and the consumer looks for an image: one for each image
/// and tag, the same in every job of a run. Only characters that GitHub allows in an artifact's name come
/// out.
std::string artifact_name(const Reference& tag);

/// Takes what the consumer knows, which is what the producer knew; gives the plan of a `command: pull`, or
/// the Error that names the input. `facts` are the clock and the time zones that templates need. Rule: design
/// §6.
Result<PullPlan> decide_pull(const Event& event, const Inputs& inputs,
                             const std::optional<PullRequestFacts>& pull_request, const Facts& facts = {});

/// Takes an image's labels as somebody built it; says whether it was built for the commit that is wanted: the
/// label dev.pr-image.head-sha where there is one, else org.opencontainers.image.revision (other builders).
/// The Error names both commits.
Result<void> verify_commit(const std::map<std::string, std::string>& labels, const CommitSha& wanted);

}  // namespace pr_image::plan
