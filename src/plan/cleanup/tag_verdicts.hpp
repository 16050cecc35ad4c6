#pragma once

#include "plan/cleanup/inventory.hpp"
#include "plan/cleanup/policy.hpp"
#include "plan/cleanup/reason.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace pr_image::plan::cleanup {

/// What has to be read before more can be said.
struct Needs {
    std::vector<NodeId> manifests;
    std::vector<Digest> configs;
    std::vector<NodeId> referrers;                 ///< whose referrers
    std::vector<PullRequestNumber> pull_requests;  ///< whose state GitHub has to be asked for

    [[nodiscard]] bool empty() const {
        return manifests.empty() && configs.empty() && referrers.empty() && pull_requests.empty();
    }
    friend bool operator==(const Needs&, const Needs&) = default;
};

/// Whether the policy lets a tag go, without regard to what it is attached to.
struct TagVerdict {
    enum class Kind : std::uint8_t {
        stays,
        goes,
        follows_subject  ///< a referrer's: goes or stays with what it belongs to
    };
    Kind kind = Kind::stays;
    Reason reason = Reason::foreign_tag;
};

struct TagVerdicts {
    std::vector<std::vector<TagVerdict>> by_node;  ///< in the order of Inventory::nodes() and Node::tags
    /// Why the policy would let a manifest that an earlier clean-up's journal lists go: its own labels say
    /// whose it is. A journal is no proof of that, since whoever may push can write one.
    std::vector<std::optional<Reason>> journaled;
    Needs needs;  ///< while these are not read, the tag in question stays
};

/// Takes everything that is known; gives the verdict on every tag. Rules: issue "clean-up", policy; README,
/// "What clean-up removes".
TagVerdicts judge_tags(const Inventory& inventory, const OpenPullRequests& repository, const Policy& policy,
                       Timestamp now);

/// Gives the numbers of the pull requests whose state decides about a tag: what has to be asked of GitHub.
std::vector<PullRequestNumber> pull_requests_in(const Inventory& inventory, const Policy& policy);

/// Says whether the list of branches decides about any tag.
bool branches_matter(const Inventory& inventory, const Policy& policy, Timestamp now);

}  // namespace pr_image::plan::cleanup
