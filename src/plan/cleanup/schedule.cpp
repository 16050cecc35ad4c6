#include "plan/cleanup/schedule.hpp"

#include "plan/names/labels.hpp"
#include "plan/names/tag_grammar.hpp"
#include "text/sha256.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace pr_image::plan::cleanup {

namespace {

/// Registries refuse manifests over 4 MiB; a descriptor takes about 180 bytes.
constexpr std::size_t kMostInJournal = 10'000;

int urgency(Reason reason) {
    switch (reason) {
        case Reason::closed_pull_request:
            return 0;
        case Reason::unfinished_cleanup:
            return 1;
        case Reason::superseded_push:
            return 2;
        case Reason::expired_branch_image:
        case Reason::expired_branch_cache:
            return 3;
        case Reason::abandoned_staging:
            return 4;
        default:
            return 5;
    }
}

/// The references among manifests that go: an edge leads to what must go later.
class Order {
  public:
    Order(const Inventory& inventory, const Deletions& deletions)
        : inventory_(inventory), deletions_(deletions) {
        for (NodeId id = 0; id < inventory.size(); ++id) {
            if (deletions.goes(id)) members_[id].journal = is_journal(inventory[id]);
        }
        using Edge = std::pair<NodeId, NodeId>;
        std::vector<Edge> edges;
        const auto connect = [&](NodeId first, NodeId then) {
            if (first != then && members_.contains(first) && members_.contains(then))
                edges.emplace_back(first, then);
        };
        for (const auto& [id, member] : members_) {
            for (const NodeId child : inventory[id].children)
                connect(id, child);
            connect_to_subject(id, connect);
            for (const std::string& tag : inventory[id].tags) {
                const TagName name = read_tag(tag);
                if (name.kind != TagKind::referrer) continue;
                if (const auto subject = inventory.find(*name.subject)) connect(*subject, id);
            }
        }
        std::ranges::sort(edges);
        edges.erase(std::ranges::unique(edges).begin(), edges.end());
        for (const auto& [first, then] : edges) {
            Member& from = members_[first];
            Member& to = members_[then];
            from.later.push_back(then);
            ++to.waits_for;
            to.named_by_image = to.named_by_image || !from.journal;
        }
    }

    Schedule schedule(std::size_t most) {
        Schedule schedule;
        std::vector<NodeId> ready = roots();
        std::ranges::sort(ready, {},
                          [&](NodeId id) { return std::pair(urgency(deletions_.decisions[id].reason), id); });
        for (const NodeId root : ready)
            take_with_dependents(root, most);
        for (auto& [id, member] : members_) {
            if (member.chosen) {
                file(id, schedule);
            } else {
                (reachable(id) ? schedule.left : schedule.cyclic).push_back(id);
            }
        }
        sort_for(schedule);
        return schedule;
    }

  private:
    struct Member {
        std::vector<NodeId> later;
        std::size_t waits_for = 0;  ///< earlier ones that are not chosen yet
        std::size_t level = 0;
        std::size_t turn = 0;  ///< when it was chosen
        bool chosen = false;
        bool journal = false;
        bool named_by_image = false;  ///< something other than a journal leads here
    };

    /// A referrer goes after its subject. Only an attestation goes before the image that it is a part of an
    /// index with: an image's labels prove whose it is to a later run, and an attestation has none.
    void connect_to_subject(NodeId id, const auto& connect) const {
        const Node& node = inventory_[id];
        for (const NodeId image : node.attests) {
            if (inventory_.attests(id, image)) connect(id, image);
        }
        if (!node.subject) return;
        if (inventory_.attests(id, *node.subject)) {
            connect(id, *node.subject);
        } else {
            connect(*node.subject, id);
        }
    }

    [[nodiscard]] std::vector<NodeId> roots() const {
        std::vector<NodeId> found;
        for (const auto& [id, member] : members_) {
            if (member.waits_for == 0) found.push_back(id);
        }
        return found;
    }

    void take_with_dependents(NodeId root, std::size_t most) {
        std::vector<NodeId> ready{root};
        while (!ready.empty()) {
            const NodeId id = ready.back();
            ready.pop_back();
            if (turn_ == most) return;
            Member& member = members_[id];
            member.chosen = true;
            member.turn = turn_++;
            for (const NodeId next : member.later) {
                Member& dependent = members_[next];
                dependent.level = std::max(dependent.level, member.level + 1);
                if (--dependent.waits_for == 0) ready.push_back(next);
            }
        }
    }

    /// Whether following what goes first from root to root leads here, had there been room.
    bool reachable(NodeId id) {
        if (!acyclic_) {
            acyclic_.emplace();
            std::map<NodeId, std::size_t> waits;
            for (const auto& [from, member] : members_) {
                for (const NodeId next : member.later)
                    ++waits[next];
            }
            std::vector<NodeId> ready;
            for (const auto& [member, edges] : members_) {
                if (!waits.contains(member)) ready.push_back(member);
            }
            while (!ready.empty()) {
                const NodeId at = ready.back();
                ready.pop_back();
                acyclic_->insert(at);
                for (const NodeId next : members_[at].later) {
                    if (--waits[next] == 0) ready.push_back(next);
                }
            }
        }
        return acyclic_->contains(id);
    }

    /// A leftover is found again by being one; everything else that is not a root only by what refers to it.
    [[nodiscard]] bool needs_journal(NodeId id) const {
        return deletions_.decisions[id].reason != Reason::leftover;
    }

    /// Whether a later run finds everything that hangs on this root without it.
    bool leaves_nothing_behind(NodeId id) {
        const Member& member = members_[id];
        return std::ranges::all_of(member.later, [&](NodeId next) {
            return !needs_journal(next) || (member.journal && members_[next].named_by_image);
        });
    }

    void file(NodeId id, Schedule& schedule) {
        const Member& member = members_[id];
        if (member.level == 0 && leaves_nothing_behind(id)) {
            schedule.alone.push_back(id);
            return;
        }
        if (schedule.levels.size() <= member.level) schedule.levels.resize(member.level + 1);
        schedule.levels[member.level].push_back(id);
    }

    void sort_for(Schedule& schedule) {
        const auto turn = [&](NodeId id) { return members_[id].turn; };
        std::ranges::sort(schedule.alone, {}, turn);
        for (std::vector<NodeId>& level : schedule.levels)
            std::ranges::sort(level, {}, turn);
        std::ranges::sort(schedule.left);
        std::ranges::sort(schedule.cyclic);
        // What is left over for want of room hangs on roots that may go now: it has to be listed, too.
        std::set<NodeId> listed;
        for (const auto& [id, member] : members_) {
            if (!member.chosen) continue;
            std::ranges::copy_if(member.later, std::inserter(listed, listed.end()),
                                 [&](NodeId next) { return needs_journal(next); });
        }
        schedule.journal.assign(listed.begin(), listed.end());
    }

    const Inventory& inventory_;
    const Deletions& deletions_;
    std::map<NodeId, Member> members_;
    std::optional<std::set<NodeId>> acyclic_;
    std::size_t turn_ = 0;
};

}  // namespace

Schedule make_schedule(const Inventory& inventory, const Deletions& deletions, std::size_t most) {
    return Order(inventory, deletions).schedule(most);
}

std::vector<Journal> make_journals(const Inventory& inventory, const std::vector<NodeId>& nodes,
                                   std::string_view name, Timestamp now, bool always) {
    std::vector<Journal> journals;
    std::size_t at = 0;
    while (at < nodes.size() || (always && journals.empty())) {
        boost::json::array listed;
        const std::size_t end = std::min(nodes.size(), at + kMostInJournal);
        for (; at < end; ++at) {
            const Node& node = inventory[nodes[at]];
            boost::json::object entry{
                {"mediaType", media_type(node.type)}, {"digest", node.digest.string()}, {"size", node.size}};
            if (!node.attests.empty()) {
                entry["annotations"] = {
                    {kReferenceTypeAnnotation, "attestation-manifest"},
                    {kAttestedAnnotation, inventory[node.attests.front()].digest.string()}};
            }
            listed.push_back(std::move(entry));
        }
        std::string tag = journal_tag(name);
        if (!journals.empty()) tag += fmt::format("-{}", journals.size() + 1);
        const boost::json::object index{{"schemaVersion", 2},
                                        {"mediaType", kJournalMediaType},
                                        {"artifactType", kJournalArtifactType},
                                        {"manifests", std::move(listed)},
                                        {"annotations",
                                         {{kCreatedLabel, text::to_string(now)},
                                          {"org.opencontainers.image.description",
                                           "What a clean-up is deleting. It goes when that is done."},
                                          {kJournalTagAnnotation, tag}}}};
        std::string bytes = boost::json::serialize(index);
        Digest digest = text::sha256(bytes);
        journals.push_back({std::move(tag), std::move(bytes), std::move(digest)});
    }
    return journals;
}

}  // namespace pr_image::plan::cleanup
