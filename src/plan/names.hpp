#pragma once

#include "plan/event.hpp"
#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/subject.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <optional>
#include <vector>

namespace pr_image::plan {

/// What an image is built of and what it is called: the same for the job that builds it and those that pull
/// it.
struct Names {
    Subject subject;
    std::vector<ImageName> images;  ///< the main one first; never empty
    std::vector<Tag> tags;          ///< the main one first; never empty
};

/// Gives the names of the run's images: inputs `image` and `images`, else `<registry>/<owner>/<name>`. An
/// Error says that the repository's name does not make an image's.
Result<std::vector<ImageName>> image_names(const Event& event, const Inputs& inputs);

/// Takes the event, the inputs and what GitHub's API says of a pull request that the event does not describe;
/// gives the names, or the Error of the rule that refuses them. Rule: design §4.
Result<Names> resolve_names(const Event& event, const Inputs& inputs,
                            const std::optional<PullRequestFacts>& pull_request);

}  // namespace pr_image::plan
