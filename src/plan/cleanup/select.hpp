#pragma once

#include "plan/cleanup/inventory.hpp"
#include "plan/cleanup/policy.hpp"
#include "plan/cleanup/reason.hpp"
#include "plan/cleanup/tag_verdicts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup {

/// What becomes of one manifest, and why.
struct Decision {
    bool goes = false;
    Reason reason = Reason::foreign_tag;
    std::optional<NodeId> because;  ///< what refers to it, what it belongs to, or what could not be read
    std::string tag;                ///< the tag that decided
};

/// A tag that goes, on a manifest that stays.
struct Untag {
    NodeId node = 0;
    std::string tag;
    Reason reason = Reason::closed_pull_request;
};

/// What clean-up may do to one image name.
struct Deletions {
    std::vector<Decision> decisions;  ///< for every manifest of the inventory, in its order
    std::vector<Untag> untags;
    Needs needs;  ///< not empty: nothing goes until these are read and select() is asked again

    [[nodiscard]] bool goes(NodeId node) const { return node < decisions.size() && decisions[node].goes; }
};

/// Takes everything that is known of one image name, the pull requests and branches, the policy and the time;
/// gives what goes and why everything else stays. No tag that stays, and no manifest that such a tag's image
/// is made of, ever goes; what cannot be proven to be unreferenced stays. Rules: README, "What
/// clean-up removes".
Deletions select(const Inventory& inventory, const OpenPullRequests& repository, const Policy& policy,
                 Timestamp now);

/// Gives a decision as a sentence's end: "pull request 7 is closed", "v1.2 refers to it".
std::string explain(const Inventory& inventory, const Decision& decision);

/// Gives the name that people know a manifest by: its first tag, else its digest.
std::string name_of(const Node& node);

}  // namespace pr_image::plan::cleanup
