#pragma once

#include "plan/cleanup/inventory.hpp"
#include "plan/cleanup/select.hpp"
#include "text/timestamp.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup {

/// In which order the manifests that may go are deleted. Whatever refers to something goes before it, so that
/// a run that dies leaves no image without its parts.
struct Schedule {
    /// Roots whose deletion leaves nothing behind that a later run could not find: they go first, the best
    /// one alone, since its fate shows whether deleting is allowed at all.
    std::vector<NodeId> alone;
    /// The other roots, then what they refer to, step by step.
    std::vector<std::vector<NodeId>> levels;
    /// What only the roots lead to. A journal in the registry lists it before the first root goes.
    std::vector<NodeId> journal;
    /// What could go but is more than `most` allows, the least urgent.
    std::vector<NodeId> left;
    /// What refers to itself in a circle, which no honest content can.
    std::vector<NodeId> cyclic;
};

/// Takes what may go and how many deletions there can be at most; gives their order. Closed pull requests
/// come first, what an earlier clean-up left next, leftovers last.
Schedule make_schedule(const Inventory& inventory, const Deletions& deletions, std::size_t most);

/// A manifest that lists what a clean-up is about to delete (an OCI image index), and its tag.
struct Journal {
    std::string tag;
    std::string bytes;
    Digest digest;
};

/// Takes what the journal is to list, a name that no other run has (letters, digits and dashes) and the time;
/// gives the journals, none of them beyond what registries accept. `always` makes one even if there is
/// nothing to list. The name is in the content, too, so that two clean-ups at once never share a journal.
std::vector<Journal> make_journals(const Inventory& inventory, const std::vector<NodeId>& nodes,
                                   std::string_view name, Timestamp now, bool always);

/// The media type of a journal.
inline constexpr std::string_view kJournalMediaType = "application/vnd.oci.image.index.v1+json";

}  // namespace pr_image::plan::cleanup
