#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/who/event.hpp"
#include "plan/who/grants.hpp"
#include "plan/who/subject.hpp"
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
    ImageName image;                     ///< the main image's name
    Reference reference;                 ///< pinned by digest when the producer's `ref` is given
    std::optional<CommitSha> head_sha;   ///< the commit that the image must have been built for
    std::optional<CommitSha> merge_sha;  ///< that commit merged into its base, which is what others may name
    std::vector<Source> sources;         ///< tried in this order, never empty
    std::chrono::seconds wait{
        0};  ///< how long the registry is asked again for an image that is not there yet
    std::vector<Reference> names;  ///< what the image is called in the local engine afterwards, the main one
                                   ///< first where there is one
    std::vector<Reference> built;  ///< the names that the producer's tar may carry
    std::string artifact;          ///< the artifact's name
    std::string part;              ///< and where a job of its own has built this engine's platform
    std::string run_id;            ///< whose artifact; empty: this run's
    std::optional<PullRequestNumber> ask;  ///< GitHub's API has to complete what is known of this one
    Grants grants;                         ///< whether the registry may be asked with this run's credentials
};

/// Takes what the consumer knows, which is what the producer knew; gives the plan of a `command: pull`, or
/// the Error that names the input. `facts` are the clock and the time zones that templates need. Rule:
/// README, "Later jobs get exactly that image".
Result<PullPlan> decide_pull(const Event& event, const Inputs& inputs,
                             const std::optional<PullRequestFacts>& pull_request, const Facts& facts = {});

/// Why a source did not have the image, in words.
struct Miss {
    Source source = Source::registry;
    std::string why;
    std::string fix{};
};

/// Takes a source's Error; gives the reason of its miss as one phrase.
std::string why_missed(const Error& error);

/// Gives the one Error of a pull for which no source had the image, with every reason and remedy in it.
Error none_of(const PullPlan& plan, const std::vector<Miss>& misses);

/// Takes an image's platform (`os/architecture`) and the engine's, which is empty when it is not known. The
/// Error names both.
Result<void> verify_platform(std::string_view platform, std::string_view wanted);

/// Takes an image's labels as somebody built it; says whether it was built for the commit that is wanted,
/// where one is: the label dev.pr-image.head-sha names it, or without that label
/// org.opencontainers.image.revision does (other builders), which may also name the merge that this event is
/// about. The Error names both commits.
Result<void> verify_commit(const std::map<std::string, std::string>& labels, const PullPlan& plan);

}  // namespace pr_image::plan
