#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::plan {

/// What another job of this run has built for one platform, and left under a tag.
struct Part {
    std::string platform;  ///< as input `platforms` writes it
    /// At the main image: the staging tag, which every other image has as well; or one of `given`.
    Reference staged;
};

/// What `command: merge` puts together. A value: carrying it out makes no further decision.
struct MergePlan {
    Plan image;               ///< strategy and names as one job would have them that builds all of it
    std::vector<Part> parts;  ///< in the order of input `platforms`; empty unless the strategy is `push`
    std::optional<CommitSha> head_sha;  ///< what every part must have been built for
    std::string run_id;                 ///< and the run that must have built it
    std::vector<std::pair<std::string, std::string>> index_annotations;
    /// What input `parts` names, pinned by digest: nobody who may push can put another image in its place.
    /// Empty: the staging tags say what the parts are.
    std::vector<Reference> given;
};

/// Takes what the jobs that build the parts know, which names the image alike in all of them; gives the plan
/// of a `command: merge`. Errors: decide()'s, no platforms or one of them twice, an ephemeral tag that holds
/// another commit's image, an input `parts` that is of another image or of another number of platforms.
Result<MergePlan> decide_merge(const Event& event, const Inputs& inputs, const Facts& facts);

/// Takes for each of `given` whether it holds an image of each part's platform; makes it that part's, and
/// gives for each part which one it is. An Error names the platform that none or several are for, or the
/// image that is for none.
Result<std::vector<std::size_t>> assign_given(MergePlan& plan, const std::vector<std::vector<bool>>& fits);

/// What the registry says of one part: its image's labels, or nothing when it is not there.
using PartLabels = std::optional<std::map<std::string, std::string>>;

/// True when the labels say that the plan's own run has built the image.
bool is_of_run(const MergePlan& plan, const PartLabels& labels);

/// Takes the plan and, for each of its parts, what was found; gives nothing, or the Error that names every
/// platform that is missing, or the one that another run or another commit built.
Result<void> verify_parts(const MergePlan& plan, const std::vector<PartLabels>& found);

}  // namespace pr_image::plan
