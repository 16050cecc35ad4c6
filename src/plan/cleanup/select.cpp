#include "plan/cleanup/select.hpp"

#include "plan/names/tag_grammar.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace pr_image::plan::cleanup {

namespace {

using Kind = TagVerdict::Kind;

/// A manifest that is listed but cannot be had may have been pushed a moment ago. After this long it is gone.
constexpr std::chrono::hours kSettled{1};
/// A journal whose images another clean-up still holds on to; no run of one lasts longer than this.
constexpr std::chrono::hours kLongestCleanup{24};

/// Which nodes are in a set, and what brought each in.
class Marks {
  public:
    explicit Marks(NodeId count) : marks_(count) {}

    /// Gives false when it was in already.
    bool add(NodeId node, std::optional<NodeId> because) {
        if (marks_[node].in) return false;
        marks_[node] = {true, because};
        return true;
    }
    [[nodiscard]] bool has(NodeId node) const { return marks_[node].in; }
    [[nodiscard]] std::optional<NodeId> because(NodeId node) const { return marks_[node].because; }

  private:
    struct Mark {
        bool in = false;
        std::optional<NodeId> because;
    };
    std::vector<Mark> marks_;
};

class Selection {
  public:
    Selection(const Inventory& inventory, const Policy& policy, Timestamp now, TagVerdicts verdicts)
        : inventory_(inventory),
          policy_(policy),
          now_(now),
          verdicts_(std::move(verdicts)),
          kept_(inventory.size()),
          going_(inventory.size()),
          spread_(inventory.size()),
          root_(inventory.size()) {}

    Deletions select() {
        if (anything_may_go()) {
            for (NodeId id = 0; id < inventory_.size(); ++id) {
                if (inventory_.present(id) && (inventory_[id].refused || has_tag(id, Kind::stays))) keep(id);
            }
            // What stays shrinks what goes, and a referrer whose subject therefore stays is one more that
            // stays: both sets only ever move one way, so this ends.
            do {
                walk_kept();
                find_going();
            } while (keep_what_does_not_go());
        }
        return conclude();
    }

  private:
    [[nodiscard]] bool has_tag(NodeId id, Kind kind) const {
        return std::ranges::any_of(verdicts_.by_node[id],
                                   [&](const TagVerdict& verdict) { return verdict.kind == kind; });
    }
    [[nodiscard]] bool is_journal(NodeId id) const { return cleanup::is_journal(inventory_[id]); }
    [[nodiscard]] bool leftovers_may_go() const {
        return policy_.untagged.has_value() && !policy_.only && inventory_.complete();
    }
    [[nodiscard]] bool older_than(NodeId id, std::chrono::seconds age) const {
        const std::optional<Timestamp> since = age_from(inventory_[id]);
        return since && *since + age <= now_;
    }
    /// No clean-up that could still be running has written it. Where the registry does not say how old it is,
    /// the journal does.
    [[nodiscard]] bool is_abandoned(NodeId journal) const {
        const Node& node = inventory_[journal];
        if (age_from(node)) return older_than(journal, kLongestCleanup);
        return node.journal->created && *node.journal->created + kLongestCleanup <= now_;
    }

    [[nodiscard]] bool anything_may_go() const {
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            if (!inventory_.present(id)) continue;
            if (has_tag(id, Kind::goes)) return true;
            if (leftovers_may_go() && !has_tag(id, Kind::stays) && older_than(id, *policy_.untagged))
                return true;
        }
        return false;
    }

    void keep(NodeId id) {
        root_[id] = true;
        if (kept_.add(id, std::nullopt)) to_walk_.push_back(id);
        // It may be in already because something kept refers to it. Then it is walked, but as a child of
        // which an image's media type was proof enough; a root's content has to be seen.
        need_if_unread(id, inventory_.known(id));
    }

    void need_if_unread(NodeId id, bool known) {
        const Node& node = inventory_[id];
        const bool unsettled = node.reading == Reading::missing && node.presence == Presence::listed &&
                               node.created && *node.created + kSettled > now_;
        if (node.reading == Reading::unreadable || unsettled) {
            if (!blocker_) blocker_ = id;
        } else if (!known) {
            needed_.push_back(id);
        }
    }

    void walk_kept() {
        while (!to_walk_.empty()) {
            const NodeId parent = to_walk_.back();
            to_walk_.pop_back();
            const NodeId root = kept_.because(parent).value_or(parent);
            for (const NodeId child : inventory_[parent].children) {
                if (!kept_.add(child, root)) continue;
                need_if_unread(child, inventory_.known_as_child(child));
                to_walk_.push_back(child);
            }
        }
    }

    /// A manifest that nothing holds back, if every subject that it belongs to goes.
    [[nodiscard]] bool may_go(NodeId id) const {
        return inventory_.deletable(id) && !kept_.has(id) && !inventory_[id].refused &&
               !has_tag(id, Kind::stays);
    }

    /// What a tag's or a manifest's subject means for its referrer. `unseen`: no list shows it and nothing
    /// that stays refers to it; whether it is there can only be asked.
    enum class Subject { goes, stays, absent, unseen };
    [[nodiscard]] Subject subject_of(NodeId subject) const {
        if (going_.has(subject)) return Subject::goes;
        if (kept_.has(subject)) return Subject::stays;
        if (!inventory_.present(subject)) return Subject::absent;
        const Node& node = inventory_[subject];
        const bool unread = node.presence == Presence::referred && node.reading == Reading::unread;
        return unread ? Subject::unseen : Subject::stays;
    }
    [[nodiscard]] std::optional<NodeId> subject_of_tag(const std::string& tag) const {
        const TagName name = read_tag(tag);
        return name.subject ? inventory_.find(*name.subject) : std::nullopt;
    }

    /// Whether every subject lets its referrer go. `orphan`: it may go by its tag without its subject being
    /// there. A subject that was not seen is asked for: a list that shifted may have overlooked it.
    [[nodiscard]] bool subjects_go(NodeId id, bool orphan) {
        const auto goes = [&](NodeId subject, bool without) {
            const Subject found = subject_of(subject);
            if (without && found == Subject::unseen) needed_.push_back(subject);
            return found == Subject::goes || (without && found == Subject::absent);
        };
        for (const std::string& tag : inventory_[id].tags) {
            const std::optional<NodeId> subject = subject_of_tag(tag);
            if (subject && !goes(*subject, orphan)) return false;
        }
        const std::optional<NodeId> subject = inventory_[id].subject;
        return !subject || goes(*subject, true);
    }

    void find_going() {
        going_ = Marks(inventory_.size());
        spread_ = Marks(inventory_.size());
        std::vector<NodeId> sources;
        std::vector<NodeId> referrers;
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            if (!inventory_.present(id)) continue;
            const bool follows = has_tag(id, Kind::follows_subject);
            if (follows || (inventory_[id].tags.empty() && inventory_[id].subject)) referrers.push_back(id);
            if (!has_tag(id, Kind::goes) || !may_go(id) || inventory_[id].reading == Reading::unreadable)
                continue;
            if (is_journal(id) || (!follows && going_.add(id, std::nullopt))) sources.push_back(id);
        }
        spread(std::move(sources));
        while (find_referrers(referrers) || find_journaled_attestations() ||
               (leftovers_may_go() && find_leftovers()) || finish_journals()) {
        }
    }

    bool find_referrers(const std::vector<NodeId>& referrers) {
        bool more = false;
        for (const NodeId id : referrers) {
            if (going_.has(id) || !may_go(id) || inventory_[id].reading == Reading::unreadable) continue;
            const std::optional<NodeId> subject = going_subject(id);
            if (!subject || !subjects_go(id, false)) continue;
            going_.add(id, subject);
            spread({id});
            more = true;
        }
        return more;
    }

    /// The subject by which a referrer goes, if it goes.
    [[nodiscard]] std::optional<NodeId> going_subject(NodeId id) const {
        for (const std::string& tag : inventory_[id].tags) {
            const std::optional<NodeId> subject = subject_of_tag(tag);
            if (subject && subject_of(*subject) == Subject::goes) return subject;
        }
        const std::optional<NodeId> subject = inventory_[id].subject;
        if (inventory_[id].tags.empty() && subject && going_.has(*subject)) return subject;
        return std::nullopt;
    }

    /// From what goes to what only it refers to. A journal is a source as well: it stands for images that a
    /// clean-up deleted before it got to their parts. This run's own is believed. One of an earlier run could
    /// have been written by anybody who may push: it only leads to manifests that the policy lets go by what
    /// they say of themselves, one by one.
    void spread(std::vector<NodeId> sources) {
        while (!sources.empty()) {
            const NodeId parent = sources.back();
            sources.pop_back();
            const bool journal = is_journal(parent);
            const bool own = inventory_[parent].own_journal;
            for (const NodeId child : inventory_[parent].children) {
                if (!may_go(child) || has_tag(child, Kind::goes)) continue;
                if (journal && !own && !verdicts_.journaled[child]) continue;
                if (!subjects_go(child, own)) continue;
                going_.add(child, parent);
                if ((!journal || own) && spread_.add(child, parent)) sources.push_back(child);
            }
        }
    }

    /// An attestation has no labels. It goes with the image that it is an attestation of.
    bool find_journaled_attestations() {
        bool more = false;
        for (NodeId journal = 0; journal < inventory_.size(); ++journal) {
            if (!inventory_.present(journal) || !is_journal(journal)) continue;
            for (const NodeId child : inventory_[journal].children) {
                if (going_.has(child) || !may_go(child) || !inventory_[child].tags.empty()) continue;
                const bool of_going = std::ranges::any_of(inventory_[child].attests, [&](NodeId image) {
                    return going_.has(image) && inventory_.attests(child, image);
                });
                if (of_going && subjects_go(child, false)) more = going_.add(child, journal) || more;
            }
        }
        return more;
    }

    bool find_leftovers() {
        bool more = false;
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            if (!may_go(id) || going_.has(id) || has_tag(id, Kind::goes)) continue;
            if (!older_than(id, *policy_.untagged)) continue;
            // One that nobody has read is kept as a root, and asked for as such.
            if (!inventory_.known(id) || !subjects_go(id, true)) continue;
            more = going_.add(id, std::nullopt) || more;
        }
        return more;
    }

    /// A journal has done its work when nothing that it lists could be forgotten without it.
    bool finish_journals() {
        bool more = false;
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            if (!inventory_.present(id) || !is_journal(id) || !may_go(id)) continue;
            const bool abandoned = is_abandoned(id);
            const bool done = std::ranges::all_of(inventory_[id].children, [&](NodeId child) {
                if (!inventory_.present(child) || going_.has(child)) return true;
                return abandoned && (kept_.has(child) || is_nobodys(child));
            });
            if (done) more = going_.add(id, std::nullopt) || more;
        }
        return more;
    }

    /// Whether no run ever takes it by a journal: this one looks at everything, and its labels do not say so.
    [[nodiscard]] bool is_nobodys(NodeId id) const {
        return !policy_.only && inventory_[id].reading != Reading::unread && !verdicts_.journaled[id];
    }

    bool keep_what_does_not_go() {
        bool more = false;
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            if (root_[id] || !inventory_.deletable(id) || going_.has(id)) continue;
            const bool untagged = inventory_[id].tags.empty();
            const bool tag_stays = has_tag(id, Kind::follows_subject);
            const bool leftover_stays = untagged && leftovers_may_go() && !kept_.has(id);
            if (!tag_stays && !leftover_stays) continue;
            keep(id);
            more = true;
        }
        return more;
    }

    void need_what_goes() {
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            const bool journal = !inventory_[id].tags.empty() && inventory_.present(id) && is_journal(id);
            if (!going_.has(id) && !journal) continue;
            // Read even where an index says that it is an image: it may be a referrer of something that
            // stays.
            if (!inventory_.known(id) && inventory_[id].reading == Reading::unread) needed_.push_back(id);
            if (inventory_.has_referrers_api() && !inventory_[id].referrers_known) {
                verdicts_.needs.referrers.push_back(id);
            }
            need_unlisted_children(id);
        }
    }

    /// What goes may refer to something that the list does not show: it is not there, or the list shifted.
    void need_unlisted_children(NodeId id) {
        for (const NodeId child : inventory_[id].children) {
            const bool unlisted = inventory_.complete() && inventory_[child].presence == Presence::referred;
            if (unlisted && inventory_[child].reading == Reading::unread) needed_.push_back(child);
        }
    }

    /// Where a list shows everything and no API tells what refers to an image, a referrer without a tag is
    /// only found by reading what nothing refers to. It came after its subject: what is older is left alone.
    void need_possible_referrers() {
        if (!inventory_.complete() || leftovers_may_go() || !needed_.empty() || !verdicts_.needs.empty())
            return;
        std::optional<Timestamp> since;
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            const std::optional<Timestamp> created = inventory_[id].created;
            if (!going_.has(id) || is_journal(id) || !created) continue;
            since = since ? std::min(*since, *created) : *created;
        }
        if (!since) return;
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            const Node& node = inventory_[id];
            const bool possible = node.presence == Presence::listed && node.tags.empty() && !kept_.has(id) &&
                                  node.reading == Reading::unread;
            if (possible && (!node.created || *node.created >= *since)) needed_.push_back(id);
        }
    }

    Deletions conclude() {
        Deletions deletions;
        need_what_goes();
        need_possible_referrers();
        deletions.needs = std::move(verdicts_.needs);
        std::vector<NodeId>& manifests = deletions.needs.manifests;
        manifests.insert(manifests.end(), needed_.begin(), needed_.end());
        std::ranges::sort(manifests);
        manifests.erase(std::ranges::unique(manifests).begin(), manifests.end());

        const bool proven = deletions.needs.empty() && !blocker_;
        deletions.decisions.reserve(inventory_.size());
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            Decision decision = going_.has(id) ? why_it_goes(id) : why_it_stays(id);
            const bool wanted = decision.goes || has_tag(id, Kind::goes);
            if (!proven && wanted)
                decision = {.goes = false, .reason = Reason::unproven, .because = blocker_, .tag = {}};
            deletions.decisions.push_back(std::move(decision));
            if (proven && !going_.has(id) && kept_.has(id)) list_untags(id, deletions.untags);
        }
        return deletions;
    }

    void list_untags(NodeId id, std::vector<Untag>& untags) const {
        if (inventory_[id].refused) return;
        for (std::size_t i = 0; i < inventory_[id].tags.size(); ++i) {
            const TagVerdict& verdict = verdicts_.by_node[id][i];
            if (verdict.kind == Kind::goes) untags.push_back({id, inventory_[id].tags[i], verdict.reason});
        }
    }

    [[nodiscard]] Decision why_it_goes(NodeId id) const {
        const Node& node = inventory_[id];
        for (std::size_t i = 0; i < node.tags.size(); ++i) {
            if (verdicts_.by_node[id][i].kind == Kind::goes)
                return {true, verdicts_.by_node[id][i].reason, {}, node.tags[i]};
        }
        const std::optional<NodeId> because = going_.because(id);
        if (!because) return {true, Reason::leftover, {}, {}};
        if (!node.tags.empty() || node.subject == because) return {true, Reason::referrer, because, {}};
        return {true, is_journal(*because) ? Reason::unfinished_cleanup : Reason::child, because, {}};
    }

    [[nodiscard]] Decision why_it_stays(NodeId id) const {
        const Node& node = inventory_[id];
        if (node.refused) return {false, Reason::refused, {}, {}};
        for (std::size_t i = 0; i < node.tags.size(); ++i) {
            if (verdicts_.by_node[id][i].kind == Kind::stays)
                return {false, verdicts_.by_node[id][i].reason, {}, node.tags[i]};
        }
        if (kept_.has(id) && kept_.because(id)) return {false, Reason::shared, kept_.because(id), {}};
        for (const std::string& tag : node.tags) {
            const std::optional<NodeId> subject = subject_of_tag(tag);
            if (!subject) continue;
            const Subject found = subject_of(*subject);
            if (found == Subject::stays) return {false, Reason::subject_stays, subject, tag};
            if (found != Subject::goes) return {false, Reason::subject_absent, {}, tag};
        }
        if (has_tag(id, Kind::goes)) {
            return {false, is_journal(id) ? Reason::needed_by_cleanup : Reason::unproven, id,
                    node.tags.front()};
        }
        if (node.subject && subject_of(*node.subject) == Subject::stays) {
            return {false, Reason::subject_stays, node.subject, {}};
        }
        if (!leftovers_may_go()) return {false, Reason::untagged_rule_off, {}, {}};
        if (!node.created && !node.touched) return {false, Reason::age_unknown, {}, {}};
        if (!older_than(id, *policy_.untagged)) return {false, Reason::too_young, {}, {}};
        return {false, Reason::subject_absent, node.subject, {}};
    }

    const Inventory& inventory_;
    const Policy& policy_;
    Timestamp now_;
    TagVerdicts verdicts_;
    Marks kept_;
    Marks going_;
    Marks spread_;  ///< of those that go, the ones that take their parts along
    std::vector<bool> root_;
    std::vector<NodeId> to_walk_;
    std::vector<NodeId> needed_;
    std::optional<NodeId> blocker_;
};

}  // namespace

Deletions select(const Inventory& inventory, const OpenPullRequests& repository, const Policy& policy,
                 Timestamp now) {
    return Selection(inventory, policy, now, judge_tags(inventory, repository, policy, now)).select();
}

std::string name_of(const Node& node) {
    return node.tags.empty() ? node.digest.string() : node.tags.front();
}

std::string explain(const Inventory& inventory, const Decision& decision) {
    std::string detail = decision.tag;
    if (decision.because) {
        detail = name_of(inventory[*decision.because]);
    } else if (const TagName name = read_tag(decision.tag); name.number) {
        detail = name.number->string();
    }
    return explain(decision.reason, detail);
}

}  // namespace pr_image::plan::cleanup
