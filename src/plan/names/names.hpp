#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/who/event.hpp"
#include "plan/who/subject.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan {

/// What an image is built of and what it is called: the same for the job that builds it and those that pull
/// it.
struct Names {
    Subject subject;
    std::vector<ImageName> images;       ///< the main one first; never empty
    std::vector<std::string> spellings;  ///< of each image, as the workflow writes it
    std::vector<Tag> tags;               ///< each once, the main one first; empty only under `metadata: none`
    std::vector<Reference> references;   ///< every whole name, image by image, the main one first
    bool ephemeral = false;  ///< the tag is the one of `pr-tag`, which never moves to another commit
    std::vector<std::string> remarks;  ///< what the rules of input `tags` could not use
};

/// Gives the names of the run's images: inputs `image` and `images`, else those that `tags` and `outputs`
/// name, else `<registry>/<owner>/<name>`. An Error says that the repository's name does not make an image's.
Result<std::vector<ImageName>> image_names(const Event& event, const Inputs& inputs);

/// Takes the event, the inputs, what GitHub's API says of a pull request that the event does not describe,
/// and the facts that templates need (time, commit date, time zones); gives the names: by the rules of input
/// `tags`, or our own defaults where there are none. On a pull request whose rules yield nothing it is the
/// ephemeral tag. Errors: a rule that is refused, a pull request's tag outside of its grammar, a whole name
/// that is none of the images, a branch or release without any tag. Rule: README, "What it decides".
Result<Names> resolve_names(const Event& event, const Inputs& inputs,
                            const std::optional<PullRequestFacts>& pull_request, const Facts& facts);

}  // namespace pr_image::plan
