#include "plan/cleanup/tag_verdicts.hpp"

#include "plan/names/tag_grammar.hpp"
#include "plan/names/tags.hpp"
#include "text/glob.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace pr_image::plan::cleanup {

namespace {

using Kind = TagVerdict::Kind;

/// A merge job collects staged parts within its workflow run; no run lasts longer than this after the push.
constexpr std::chrono::hours kStagingRetention{24};

TagVerdict stays(Reason reason) {
    return {Kind::stays, reason};
}
TagVerdict goes(Reason reason) {
    return {Kind::goes, reason};
}

/// Everything that all tags of one pull request, or one branch, are compared by.
struct Pushes {
    std::map<std::string, Timestamp, std::less<>> newest;  ///< push → when its newest image came

    void add(std::string_view push, Timestamp created) {
        const auto [known, is_new] = newest.try_emplace(std::string(push), created);
        if (!is_new) known->second = std::max(known->second, created);
    }

    /// How many other pushes are newer. Equal times count as newer, so that none is dropped by a tie.
    [[nodiscard]] std::size_t newer_than(std::string_view push) const {
        const auto mine = newest.find(push);
        if (mine == newest.end()) return 0;
        return static_cast<std::size_t>(
            std::ranges::count_if(newest, [&](const auto& other) { return other.second > mine->second; }));
    }
};

class TagJudge {
  public:
    TagJudge(const Inventory& inventory, const OpenPullRequests& repository, const Policy& policy,
             Timestamp now)
        : inventory_(inventory), repository_(repository), policy_(policy), now_(now) {}

    TagVerdicts judge() {
        if (policy_.keep) collect_pull_request_pushes();
        if (policy_.branch_retention && !policy_.only) collect_branch_pushes();
        verdicts_.by_node.resize(inventory_.size());
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            for (const std::string& tag : inventory_[id].tags) {
                verdicts_.by_node[id].push_back(judge_tag(id, tag));
            }
        }
        verdicts_.journaled.resize(inventory_.size());
        for (const Node& node : inventory_.nodes()) {
            if (!is_journal(node) || node.own_journal) continue;
            for (const NodeId child : node.children) {
                if (inventory_[child].tags.empty() && inventory_.deletable(child)) {
                    verdicts_.journaled[child] = judge_journaled(child);
                }
            }
        }
        verdicts_.needs.manifests.assign(manifests_.begin(), manifests_.end());
        verdicts_.needs.configs.assign(configs_.begin(), configs_.end());
        verdicts_.needs.pull_requests.assign(numbers_.begin(), numbers_.end());
        return std::move(verdicts_);
    }

  private:
    [[nodiscard]] bool is_protected(std::string_view tag) const {
        return std::ranges::any_of(policy_.protected_tags,
                                   [&](const std::string& glob) { return text::glob_match(glob, tag); });
    }

    TagVerdict judge_tag(NodeId id, const std::string& tag) {
        const TagName name = read_tag(tag);
        const Node& node = inventory_[id];
        // Clean-up moves tags onto its journal to take them off an image that stays.
        const bool moved_here = is_journal(node);
        switch (name.kind) {
            case TagKind::foreign:
            case TagKind::commit:
                return stays(is_protected(tag) ? Reason::protected_tag : Reason::foreign_tag);
            case TagKind::referrer:
                return {Kind::follows_subject, Reason::referrer};
            case TagKind::journal:
                // Whatever else has such a tag is not ours to delete.
                if (node.reading == Reading::unread) manifests_.insert(id);
                return moved_here ? goes(Reason::unfinished_cleanup) : stays(Reason::no_journal);
            case TagKind::pull_request:
                if (moved_here) return goes(Reason::unfinished_cleanup);
                if (policy_.protects_pull_requests && is_protected(tag)) return stays(Reason::protected_tag);
                return judge_pull_request(id, name);
            case TagKind::cache:
                if (moved_here) return goes(Reason::unfinished_cleanup);
                if ((policy_.protects_pull_requests || !name.number) && is_protected(tag)) {
                    return stays(Reason::protected_tag);
                }
                return name.number ? judge_number(*name.number) : judge_branch_cache(node, tag);
            case TagKind::staging:
                if (moved_here) return goes(Reason::unfinished_cleanup);
                if (is_protected(tag)) return stays(Reason::protected_tag);
                if (policy_.only) return stays(Reason::out_of_scope);
                return judge_age(age_from(node), kStagingRetention, Reason::abandoned_staging);
            case TagKind::branch_like:
                if (is_protected(tag)) return stays(Reason::protected_tag);
                if (moved_here) return goes(Reason::unfinished_cleanup);
                return judge_branch_image(id, tag);
        }
        return stays(Reason::foreign_tag);
    }

    TagVerdict judge_age(std::optional<Timestamp> from, std::chrono::seconds retention, Reason reason) const {
        if (!from) return stays(Reason::age_unknown);
        return *from + retention <= now_ ? goes(reason) : stays(Reason::too_young);
    }

    [[nodiscard]] TagVerdict judge_number(const PullRequestNumber& number) const {
        if (policy_.only && number != *policy_.only) return stays(Reason::out_of_scope);
        const auto state = repository_.pull_requests.find(number);
        if (state == repository_.pull_requests.end()) return stays(Reason::unknown_pull_request);
        if (state->second.open) return stays(Reason::open_pull_request);
        if (policy_.pr_retention.count() == 0) return goes(Reason::closed_pull_request);
        if (!state->second.closed_at) return stays(Reason::unknown_pull_request);
        return *state->second.closed_at + policy_.pr_retention <= now_ ? goes(Reason::closed_pull_request)
                                                                       : stays(Reason::recently_closed);
    }

    TagVerdict judge_pull_request(NodeId id, const TagName& name) {
        const TagVerdict verdict = judge_number(*name.number);
        if (verdict.reason != Reason::open_pull_request || !policy_.keep) return verdict;
        const std::optional<std::string_view> push = push_of(name.rest);
        if (!push) return verdict;
        const auto pushes = pull_request_pushes_.find(*name.number);
        const bool dated = pushed_at(id).has_value() && pushes != pull_request_pushes_.end();
        if (!dated || pushes->second.newer_than(*push) < *policy_.keep) return verdict;
        // After a push back to an older commit, the newest image is not the head's. Which commit the head is
        // has to be known, by the tag or, where the tag names a merge or a run, by the image's label.
        const std::string& head = repository_.pull_requests.at(*name.number).head_sha;
        if (head.empty()) return verdict;
        if (head.starts_with(*push)) return stays(Reason::current_head);
        const Lookup found = look_up(id);
        if (found.state == Lookup::State::unknown) return stays(Reason::label_unread);
        if (found.config != nullptr && found.config->head_sha == head) return stays(Reason::current_head);
        return goes(Reason::superseded_push);
    }

    /// What the policy says of a manifest whose labels alone tell whose it is.
    std::optional<Reason> judge_journaled(NodeId id) {
        const ImageConfig* config = look_up_config(id);
        if (config == nullptr) return std::nullopt;
        if (config->number) {
            const bool in_scope = !policy_.only || *config->number == *policy_.only;
            const bool asked = repository_.pull_requests.contains(*config->number) ||
                               repository_.unknown.contains(*config->number);
            if (in_scope && !asked) numbers_.insert(*config->number);
            const TagVerdict verdict = judge_number(*config->number);
            if (verdict.kind == Kind::goes) return verdict.reason;
            if (verdict.reason != Reason::open_pull_request || !policy_.keep) return std::nullopt;
            const std::string& head = repository_.pull_requests.at(*config->number).head_sha;
            const bool old = !head.empty() && !config->head_sha.empty() && config->head_sha != head;
            return old ? std::optional(Reason::superseded_push) : std::nullopt;
        }
        if (config->branch.empty() || policy_.only || !policy_.branch_retention) return std::nullopt;
        const Node& node = inventory_[id];
        const std::optional<Timestamp> since = node.created ? age_from(node) : config->created;
        const TagVerdict verdict = judge_age(since, *policy_.branch_retention, Reason::expired_branch_image);
        return verdict.kind == Kind::goes ? std::optional(verdict.reason) : std::nullopt;
    }

    TagVerdict judge_branch_cache(const Node& node, std::string_view tag) const {
        if (policy_.only) return stays(Reason::out_of_scope);
        if (!policy_.branch_retention) return stays(Reason::branch_rule_off);
        if (!repository_.branches) return stays(Reason::branches_unknown);
        const std::optional<CacheName> cache = read_cache_tag(tag);
        if (!cache) return stays(Reason::foreign_tag);
        const auto owns = [&](std::string_view branch) { return is_cache_of_branch(cache->ref, branch); };
        if (owns(policy_.default_branch) || std::ranges::any_of(*repository_.branches, owns)) {
            return stays(Reason::living_branch);
        }
        return judge_age(age_from(node), *policy_.branch_retention, Reason::expired_branch_cache);
    }

    TagVerdict judge_branch_image(NodeId id, const std::string& tag) {
        if (policy_.only) return stays(Reason::out_of_scope);
        if (!policy_.branch_retention) return stays(Reason::branch_rule_off);
        const Node& node = inventory_[id];
        if (const auto since = age_from(node); since && *since + *policy_.branch_retention > now_) {
            return stays(Reason::too_young);
        }
        const ImageConfig* config = look_up_config(id);
        if (config == nullptr) return stays(Reason::label_unread);
        const std::string& branch = config->branch;
        const std::optional<std::string_view> push = branch.empty() ? std::nullopt : branch_push(tag, branch);
        if (!push) return stays(Reason::not_our_branch_image);
        const std::optional<Timestamp> since = node.created ? age_from(node) : config->created;
        const TagVerdict verdict = judge_age(since, *policy_.branch_retention, Reason::expired_branch_image);
        if (verdict.kind != Kind::goes) return verdict;
        if (!repository_.branches) return stays(Reason::branches_unknown);
        const bool lives = branch == policy_.default_branch ||
                           std::ranges::find(*repository_.branches, branch) != repository_.branches->end();
        const auto pushes = branch_pushes_.find(branch);
        const bool newest = pushes == branch_pushes_.end() || pushes->second.newer_than(*push) == 0;
        // After a push back to an older commit, the newest image is not the head's.
        const auto head = repository_.branch_heads.find(branch);
        const bool current = head != repository_.branch_heads.end() && head->second.starts_with(*push);
        return lives && (newest || current) ? stays(Reason::newest_of_branch) : verdict;
    }

    /// When an image was pushed: what the registry's list says, else what the image itself says.
    std::optional<Timestamp> pushed_at(NodeId id) {
        if (inventory_[id].created) return inventory_[id].created;
        const ImageConfig* config = look_up_config(id);
        return config == nullptr ? std::nullopt : config->created;
    }

    /// What an image's configuration says, or why it does not.
    struct Lookup {
        enum class State { found, none, unknown };
        State state = State::none;  ///< unknown: not read yet, or it cannot be had
        const ImageConfig* config = nullptr;
    };

    /// Follows an index to an image that can run and the image to its configuration, and notes the first
    /// thing on the way that nobody has read yet.
    Lookup look_up(NodeId id) {
        for (int depth = 0; depth < 4; ++depth) {
            const Node& node = inventory_[id];
            if (node.reading == Reading::missing) return {};
            if (node.reading == Reading::unread && inventory_.present(id)) manifests_.insert(id);
            if (node.reading != Reading::read) return {.state = Lookup::State::unknown};
            if (!is_index(node.type)) {
                if (!node.config) return {};
                const std::optional<ImageConfig>* config = inventory_.config(*node.config);
                if (config == nullptr) configs_.insert(*node.config);
                if (config == nullptr || !*config) return {.state = Lookup::State::unknown};
                return {.state = Lookup::State::found, .config = &**config};
            }
            if (!node.runnable) return {};
            id = *node.runnable;
        }
        return {};
    }
    const ImageConfig* look_up_config(NodeId id) { return look_up(id).config; }

    void collect_pull_request_pushes() {
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            if (is_journal(inventory_[id])) continue;
            for (const std::string& tag : inventory_[id].tags) {
                const TagName name = read_tag(tag);
                if (name.kind != TagKind::pull_request) continue;
                if (judge_number(*name.number).reason != Reason::open_pull_request) continue;
                const std::optional<std::string_view> push = push_of(name.rest);
                const std::optional<Timestamp> created = push ? pushed_at(id) : std::nullopt;
                if (created) pull_request_pushes_[*name.number].add(*push, *created);
            }
        }
    }

    /// Which push of a branch is its newest can only be said when every image that may be the branch's has
    /// been looked at, young ones too. Whether any could expire is known from the list, mostly.
    void collect_branch_pushes() {
        std::vector<std::pair<NodeId, const std::string*>> candidates;
        bool any_expired = false;
        for (NodeId id = 0; id < inventory_.size(); ++id) {
            for (const std::string& tag : inventory_[id].tags) {
                if (read_tag(tag).kind != TagKind::branch_like || is_protected(tag)) continue;
                candidates.emplace_back(id, &tag);
                const auto since = age_from(inventory_[id]);
                any_expired = any_expired || !since || *since + *policy_.branch_retention <= now_;
            }
        }
        if (!any_expired) return;
        for (const auto& [id, tag] : candidates) {
            const ImageConfig* config = look_up_config(id);
            if (config == nullptr || config->branch.empty()) continue;
            const std::optional<std::string_view> push = branch_push(*tag, config->branch);
            const std::optional<Timestamp> created = push ? pushed_at(id) : std::nullopt;
            if (created) branch_pushes_[config->branch].add(*push, *created);
        }
    }

    const Inventory& inventory_;
    const OpenPullRequests& repository_;
    const Policy& policy_;
    Timestamp now_;
    TagVerdicts verdicts_;
    std::set<NodeId> manifests_;
    std::set<Digest> configs_;
    std::set<PullRequestNumber> numbers_;
    std::map<PullRequestNumber, Pushes> pull_request_pushes_;
    std::map<std::string, Pushes, std::less<>> branch_pushes_;
};

}  // namespace

TagVerdicts judge_tags(const Inventory& inventory, const OpenPullRequests& repository, const Policy& policy,
                       Timestamp now) {
    return TagJudge(inventory, repository, policy, now).judge();
}

std::vector<PullRequestNumber> pull_requests_in(const Inventory& inventory, const Policy& policy) {
    std::set<PullRequestNumber> numbers;
    for (const Node& node : inventory.nodes()) {
        for (const std::string& tag : node.tags) {
            const TagName name = read_tag(tag);
            if (name.number && (!policy.only || *name.number == *policy.only)) numbers.insert(*name.number);
        }
    }
    return {numbers.begin(), numbers.end()};
}

bool branches_matter(const Inventory& inventory, const Policy& policy, Timestamp now) {
    if (policy.only || !policy.branch_retention) return false;
    return std::ranges::any_of(inventory.nodes(), [&](const Node& node) {
        const auto since = age_from(node);
        if (since && *since + *policy.branch_retention > now) return false;
        return std::ranges::any_of(node.tags, [](const std::string& tag) {
            const TagName name = read_tag(tag);
            return name.kind == TagKind::branch_like || (name.kind == TagKind::cache && !name.number);
        });
    });
}

}  // namespace pr_image::plan::cleanup
