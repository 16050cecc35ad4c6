#pragma once

#include "text/error.hpp"
#include "text/pull_request_number.hpp"
#include "text/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan::cleanup {

using text::Timestamp;

/// What may go. Absent means that nothing goes for that reason.
struct Policy {
    std::optional<PullRequestNumber> only;  ///< this pull request and nothing else
    std::chrono::seconds pr_retention{0};   ///< how long a closed pull request's tags stay
    std::optional<std::uint32_t> keep;      ///< how many pushes of an open pull request stay
    std::optional<std::chrono::seconds>
        branch_retention;                          ///< how long feature branches' tags and caches stay
    std::optional<std::chrono::seconds> untagged;  ///< how long leftovers that nothing refers to stay
    std::vector<std::string> protected_tags;       ///< globs
    bool protects_pull_requests = false;           ///< the globs are the user's own and hold for every tag
    std::string default_branch;                    ///< may be empty
};

/// Where a pull request stands.
struct PullRequestState {
    bool open = true;
    std::optional<Timestamp> closed_at;  ///< of a closed one, where known
    std::string head_sha = {};           ///< the current head commit, all its digits; empty: not known
};

/// What GitHub says of the repository. What is absent is not known, and nothing is removed for it.
struct OpenPullRequests {
    std::map<PullRequestNumber, PullRequestState> pull_requests;
    std::set<PullRequestNumber> unknown = {};              ///< asked for, without an answer
    std::optional<std::vector<std::string>> branches;      ///< every branch that exists
    std::map<std::string, std::string> branch_heads = {};  ///< their head commits, as far as known
};

/// What `protected-tags` is when the workflow does not say: the default branch and these. They hold for all
/// tags but a pull request's own, which no release can be named like.
std::vector<std::string> default_protected_tags(std::string_view default_branch);

/// Refuses a glob that can match no tag (check_tag_globs()), and one that covers every tag of a pull request:
/// a clean-up could then never remove anything.
Result<void> check_protected_tags(const std::vector<std::string>& globs);

}  // namespace pr_image::plan::cleanup
