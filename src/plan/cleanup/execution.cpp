#include "plan/cleanup/execution.hpp"

#include "plan/names/tag_grammar.hpp"

#include <algorithm>
#include <utility>

namespace pr_image::plan::cleanup {

namespace {

/// How long a look counts as "right before", and how many manifests one look is for.
constexpr std::chrono::milliseconds kFresh{2'000};
constexpr std::size_t kMostLookedAt = 64;
constexpr std::size_t kMostAtOnce = 32;
/// A registry that fails this often in a row is not going to do the rest.
constexpr int kFailuresToStop = 5;

}  // namespace

Execution::Execution(Inventory inventory, OpenPullRequests repository, Policy policy, Orders orders)
    : inventory_(std::move(inventory)),
      repository_(std::move(repository)),
      policy_(std::move(policy)),
      orders_(std::move(orders)) {}

Step Execution::next(std::chrono::milliseconds now, std::size_t room) {
    // A look is as fresh as its end: however slow a registry is, what was just seen can be acted on.
    if (std::exchange(looking_, false)) looked_ = now;
    if (!planned_) {
        if (std::optional<Step> read = reselect()) return *std::move(read);
        plan();
    }
    while (!stopped_ && stage_ < stages_.size()) {
        std::optional<Step> step;
        switch (stages_[stage_].kind) {
            case Stage::Kind::publish:
                step = publish();
                break;
            case Stage::Kind::untag:
                step = untag(now);
                break;
            case Stage::Kind::remove:
                step = remove(now, room);
                break;
            case Stage::Kind::retire:
                step = retire(now);
                break;
        }
        if (step) return *std::move(step);
        if (stopped_) break;
        ++stage_;
        position_ = 0;
    }
    return Finished{};
}

std::optional<Step> Execution::reselect() {
    current_ = select(inventory_, repository_, policy_, orders_.now);
    if (current_.needs.empty()) {
        asked_.reset();
        stale_ = false;
        return std::nullopt;
    }
    if (asked_ == current_.needs) {
        // Nobody answered. What cannot be read holds back what it may refer to; that is the safe side.
        for (const NodeId node : current_.needs.manifests)
            inventory_.read(node, Reading::unreadable);
        for (const Digest& config : current_.needs.configs)
            inventory_.read_config(config, std::nullopt);
        for (const NodeId node : current_.needs.referrers)
            inventory_.read_referrers(node, {});
        learn(current_.needs.pull_requests, {});
        asked_.reset();
        return reselect();
    }
    asked_ = current_.needs;
    stale_ = true;
    return Read{current_.needs};
}

void Execution::learn(const std::vector<PullRequestNumber>& asked, const OpenPullRequests& answer) {
    for (const PullRequestNumber& number : asked) {
        const auto known = answer.pull_requests.find(number);
        if (known == answer.pull_requests.end()) {
            repository_.unknown.insert(number);
        } else {
            repository_.pull_requests.insert_or_assign(number, known->second);
        }
    }
}

void Execution::plan() {
    planned_ = true;
    selected_ = current_;
    const Schedule schedule = make_schedule(inventory_, selected_, orders_.most);
    for (const NodeId node : schedule.alone)
        add_fate(node, Fate::Kind::planned, {});
    for (const std::vector<NodeId>& level : schedule.levels) {
        for (const NodeId node : level)
            add_fate(node, Fate::Kind::planned, {});
    }
    for (const NodeId node : schedule.left)
        add_fate(node, Fate::Kind::left, "the limit of requests leaves no room for it");
    for (const NodeId node : schedule.cyclic)
        add_fate(node, Fate::Kind::left, explain(Reason::cyclic, {}));
    for (const Untag& untag : selected_.untags)
        tag_fates_.push_back({untag, Fate::Kind::planned, {}});
    if (orders_.dry_run) return;

    note_order();
    if (!schedule.alone.empty()) stages_.push_back({Stage::Kind::remove, schedule.alone});
    const bool moves_tags = orders_.traits.untags_by_moving && !tag_fates_.empty();
    journals_ = make_journals(inventory_, schedule.journal, orders_.journal_name, orders_.now, moves_tags);
    if (!journals_.empty()) stages_.push_back({Stage::Kind::publish});
    if (!tag_fates_.empty()) stages_.push_back({Stage::Kind::untag});
    for (const std::vector<NodeId>& level : schedule.levels) {
        if (!level.empty()) stages_.push_back({Stage::Kind::remove, level});
    }
    if (!journals_.empty()) stages_.push_back({Stage::Kind::retire});
}

void Execution::add_fate(NodeId node, Fate::Kind kind, std::string why) {
    fate_of_[node] = fates_.size();
    fates_.push_back({.node = node,
                      .version_id = inventory_[node].version_id,
                      .tags = inventory_[node].tags,
                      .decision = selected_.decisions[node],
                      .kind = kind,
                      .why = std::move(why)});
}

void Execution::note_order() {
    for (const Fate& fate : fates_) {
        const Node& node = inventory_[fate.node];
        if (is_journal(node)) continue;
        for (const NodeId child : node.children)
            earlier_[child].push_back(fate.node);
        if (node.subject && !inventory_.attests(fate.node, *node.subject)) {
            earlier_[fate.node].push_back(*node.subject);
        }
        for (const std::string& tag : node.tags) {
            const TagName name = read_tag(tag);
            if (name.kind != TagKind::referrer) continue;
            if (const auto subject = inventory_.find(*name.subject)) earlier_[fate.node].push_back(*subject);
        }
    }
}

bool Execution::waits_for_another(NodeId node) const {
    const auto earlier = earlier_.find(node);
    return earlier != earlier_.end() && std::ranges::any_of(earlier->second, [&](NodeId other) {
               return other != node && fate_of_.contains(other) && inventory_.present(other);
           });
}

std::vector<NodeId> Execution::upcoming(std::size_t most) const {
    std::vector<NodeId> nodes;
    for (std::size_t stage = stage_; stage < stages_.size(); ++stage) {
        std::size_t from = stage == stage_ ? position_ : 0;
        if (stages_[stage].kind == Stage::Kind::untag) {
            for (; from < tag_fates_.size() && nodes.size() < most; ++from)
                nodes.push_back(tag_fates_[from].untag.node);
        } else {
            for (; from < stages_[stage].nodes.size() && nodes.size() < most; ++from)
                nodes.push_back(stages_[stage].nodes[from]);
        }
    }
    return nodes;
}

std::optional<Step> Execution::look_at(const std::vector<NodeId>& nodes, std::chrono::milliseconds now) {
    const bool fresh = looked_ && now - *looked_ <= kFresh;
    if (fresh && std::ranges::all_of(nodes, [&](NodeId node) { return looked_at_.contains(node); })) {
        return std::nullopt;
    }
    std::vector<NodeId> targets = nodes;
    const std::vector<NodeId> more = upcoming(kMostLookedAt);
    targets.insert(targets.end(), more.begin(), more.end());
    targets.insert(targets.end(), own_journals_.begin(), own_journals_.end());
    std::ranges::sort(targets);
    targets.erase(std::ranges::unique(targets).begin(), targets.end());
    looked_at_ = {targets.begin(), targets.end()};
    looking_ = true;
    stale_ = true;
    return Look{std::move(targets)};
}

std::optional<Step> Execution::publish() {
    if (position_ == journals_.size()) return std::nullopt;
    return Publish{journals_[position_++]};
}

void Execution::published(const Journal& journal, const Outcome& outcome) {
    if (outcome.kind != Outcome::Kind::done) {
        stop(outcome);
        return;
    }
    const NodeId node = inventory_.list({.id = 0,
                                         .digest = journal.digest,
                                         .tags = {journal.tag},
                                         .created = orders_.now,
                                         .touched = orders_.now});
    if (const Result<Manifest> manifest = parse_manifest(journal.bytes, kJournalMediaType)) {
        inventory_.read(node, *manifest, journal.bytes.size());
    }
    inventory_.read_referrers(node, {});
    inventory_.trust_journal(node);
    own_journals_.push_back(node);
    stale_ = true;
}

std::optional<Step> Execution::untag(std::chrono::milliseconds now) {
    while (position_ < tag_fates_.size()) {
        const std::size_t end = std::min(tag_fates_.size(), position_ + kMostAtOnce);
        std::vector<NodeId> nodes;
        for (std::size_t i = position_; i < end; ++i)
            nodes.push_back(tag_fates_[i].untag.node);
        if (std::optional<Step> look = look_at(nodes, now)) return look;
        if (stale_) {
            if (std::optional<Step> read = reselect()) return read;
        }
        TakeTags step;
        for (; position_ < end; ++position_) {
            TagFate& fate = tag_fates_[position_];
            if (still_untags(fate.untag)) {
                step.untags.push_back(fate.untag);
            } else {
                fate.kind = Fate::Kind::changed;
                fate.why = "it changed while clean-up was running";
            }
        }
        if (orders_.traits.untags_by_moving) step.onto = journals_.front();
        if (!step.untags.empty()) return step;
    }
    return std::nullopt;
}

void Execution::untagged(const Untag& untag, const Outcome& outcome) {
    const auto fate = std::ranges::find_if(tag_fates_, [&](const TagFate& known) {
        return known.untag.node == untag.node && known.untag.tag == untag.tag;
    });
    if (fate == tag_fates_.end()) return;
    stale_ = true;
    fate->why = outcome.why;
    switch (outcome.kind) {
        case Outcome::Kind::done:
            fate->kind = Fate::Kind::deleted;
            inventory_.untag(untag.node, untag.tag);
            if (orders_.traits.untags_by_moving && !own_journals_.empty()) {
                inventory_.tag(own_journals_.front(), untag.tag);
            }
            break;
        case Outcome::Kind::refused:
            fate->kind = Fate::Kind::refused;
            break;
        case Outcome::Kind::failed:
            fate->kind = Fate::Kind::failed;
            break;
        case Outcome::Kind::denied:
        case Outcome::Kind::exhausted:
            fate->kind = Fate::Kind::left;
            stop(outcome);
            break;
    }
}

std::optional<Step> Execution::remove(std::chrono::milliseconds now, std::size_t room) {
    const std::vector<NodeId>& nodes = stages_[stage_].nodes;
    while (position_ < nodes.size()) {
        // The first one alone: if deleting is not allowed at all, nothing is half done.
        const std::size_t most = deletes_work_ ? std::clamp<std::size_t>(room, 1, kMostAtOnce) : 1;
        const std::size_t end = std::min(nodes.size(), position_ + most);
        const std::vector<NodeId> batch(nodes.begin() + static_cast<std::ptrdiff_t>(position_),
                                        nodes.begin() + static_cast<std::ptrdiff_t>(end));
        if (std::optional<Step> look = look_at(batch, now)) return look;
        if (stale_) {
            if (std::optional<Step> read = reselect()) return read;
        }
        position_ = end;
        Remove step;
        for (const NodeId node : batch) {
            if (!inventory_.present(node)) {
                settle(node, Fate::Kind::deleted, "it was gone already");
            } else if (!still_goes(node)) {
                settle(node, Fate::Kind::changed, explain(inventory_, current_.decisions[node]));
            } else if (waits_for_another(node)) {
                settle(node, Fate::Kind::left, "what refers to it is still there");
            } else {
                step.nodes.push_back(node);
            }
        }
        if (!step.nodes.empty()) return step;
    }
    return std::nullopt;
}

void Execution::removed(NodeId node, const Outcome& outcome) {
    stale_ = true;
    const bool own = std::ranges::find(own_journals_, node) != own_journals_.end();
    failures_in_a_row_ = outcome.kind == Outcome::Kind::failed ? failures_in_a_row_ + 1 : 0;
    deletes_work_ =
        deletes_work_ || outcome.kind == Outcome::Kind::done || outcome.kind == Outcome::Kind::refused;
    if (own) {
        if (outcome.kind == Outcome::Kind::done) {
            inventory_.remove(node);
        } else {
            journals_left_.push_back(name_of(inventory_[node]));
        }
        return;
    }
    switch (outcome.kind) {
        case Outcome::Kind::done:
            inventory_.remove(node);
            settle(node, Fate::Kind::deleted, outcome.why);
            break;
        case Outcome::Kind::refused:
            inventory_.refuse(node);
            settle(node, Fate::Kind::refused, outcome.why);
            break;
        case Outcome::Kind::failed:
            settle(node, Fate::Kind::failed, outcome.why);
            if (failures_in_a_row_ >= kFailuresToStop) stop(outcome);
            break;
        case Outcome::Kind::denied:
        case Outcome::Kind::exhausted:
            settle(node, Fate::Kind::left, outcome.why);
            stop(outcome);
            break;
    }
}

std::optional<Step> Execution::retire(std::chrono::milliseconds now) {
    while (position_ < own_journals_.size()) {
        const NodeId journal = own_journals_[position_];
        const bool id_missing = orders_.traits.version_ids && inventory_[journal].version_id == 0;
        if (id_missing && !looked_for_.contains(journal)) {
            looked_for_.insert(journal);
            looked_.reset();
            return look_at({journal}, now);
        }
        if (stale_) {
            if (std::optional<Step> read = reselect()) return read;
        }
        ++position_;
        if (!inventory_.present(journal)) continue;
        if (!id_missing && !journal_is_needed(journal)) return Remove{{journal}};
        journals_left_.push_back(name_of(inventory_[journal]));
    }
    return std::nullopt;
}

bool Execution::still_goes(NodeId node) const {
    return current_.goes(node);
}

bool Execution::still_untags(const Untag& untag) const {
    return std::ranges::any_of(current_.untags, [&](const Untag& other) {
        return other.node == untag.node && other.tag == untag.tag;
    });
}

bool Execution::journal_is_needed(NodeId journal) const {
    // Somebody else may have tagged it or referred to it.
    const Decision& decision = current_.decisions[journal];
    if (!decision.goes && decision.reason != Reason::needed_by_cleanup) return true;
    return std::ranges::any_of(inventory_[journal].children, [&](NodeId child) {
        return inventory_.present(child) &&
               (current_.goes(child) || current_.decisions[child].reason == Reason::unproven);
    });
}

void Execution::settle(NodeId node, Fate::Kind kind, std::string why) {
    const auto known = fate_of_.find(node);
    if (known == fate_of_.end()) return;
    Fate& fate = fates_[known->second];
    fate.kind = kind;
    fate.why = std::move(why);
}

void Execution::stop(const Outcome& outcome) {
    if (stopped_) return;
    stopped_ = outcome;
    for (Fate& fate : fates_) {
        if (fate.kind != Fate::Kind::planned) continue;
        fate.kind = Fate::Kind::left;
        fate.why = outcome.why;
    }
    for (TagFate& fate : tag_fates_) {
        if (fate.kind != Fate::Kind::planned) continue;
        fate.kind = Fate::Kind::left;
        fate.why = outcome.why;
    }
    for (const NodeId journal : own_journals_)
        journals_left_.push_back(name_of(inventory_[journal]));
}

}  // namespace pr_image::plan::cleanup
