#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/who/event.hpp"
#include "plan/who/subject.hpp"
#include "text/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::plan {

inline constexpr std::string_view kRevisionLabel = "org.opencontainers.image.revision";
inline constexpr std::string_view kCreatedLabel = "org.opencontainers.image.created";
inline constexpr std::string_view kNumberLabel = "dev.pr-image.number";
inline constexpr std::string_view kHeadShaLabel = "dev.pr-image.head-sha";
inline constexpr std::string_view kRunIdLabel = "dev.pr-image.run-id";
inline constexpr std::string_view kBranchLabel = "dev.pr-image.branch";
inline constexpr std::string_view kPlanLabel = "dev.pr-image.plan";

using Labels = std::vector<std::pair<std::string, std::string>>;

/// The commit whose files are built: the checked-out one, or where nobody looked the merge commit or the
/// head.
CommitSha revision(const Subject& subject, const Facts& facts);

/// Gives the labels of the image, all but dev.pr-image.plan: the org.opencontainers.image set and our own,
/// then input `labels`, which may replace the former (but the revision, which stays the built commit) and not
/// the latter (an Error). `version` is the main tag. Templates in them are
/// filled. Under `metadata: none` it is input `labels` and nothing else. Rule: README, "What it decides".
Result<Labels> image_labels(const Event& event, const Inputs& inputs, const Subject& subject,
                            const Facts& facts, std::string_view version);

/// Gives the value of a label, or "".
std::string_view label(const Labels& labels, std::string_view key);

}  // namespace pr_image::plan
