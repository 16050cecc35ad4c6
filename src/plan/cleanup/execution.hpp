#pragma once

#include "plan/cleanup/inventory.hpp"
#include "plan/cleanup/policy.hpp"
#include "plan/cleanup/schedule.hpp"
#include "plan/cleanup/select.hpp"
#include "text/error.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace pr_image::plan::cleanup {

/// How the registry's ways differ.
struct Traits {
    bool version_ids = false;       ///< deleting needs the version's id, which only the list tells
    bool untags_by_moving = false;  ///< a tag goes by moving it to a manifest that is then deleted
};

/// What an execution is to do, besides the policy.
struct Orders {
    Traits traits;
    bool dry_run = false;
    std::size_t most = SIZE_MAX;  ///< deletions
    std::string journal_name;     ///< letters, digits and dashes that no other run has
    Timestamp now;
};

/// The next thing to do. What it asks for may be done in any order and at once.
struct Read {
    Needs needs;  ///< into the inventory; what cannot be had is noted there, too
};
struct Look {
    std::vector<NodeId>
        nodes;  ///< look again whether they are as the inventory has them, and for what is new
};
struct Publish {
    Journal journal;
};
struct TakeTags {
    std::vector<Untag> untags;
    std::optional<Journal> onto;  ///< move them onto this manifest
};
struct Remove {
    std::vector<NodeId> nodes;
};
struct Finished {};
using Step = std::variant<Read, Look, Publish, TakeTags, Remove, Finished>;

/// How one request of a step ended.
struct Outcome {
    enum class Kind {
        done,
        refused,   ///< the registry never does this one, for a reason of its own: a note, no failure
        failed,    ///< it might go another time
        denied,    ///< these credentials may not do any of it
        exhausted  ///< the limit of requests is reached
    };
    Kind kind = Kind::done;
    std::string why = {};  ///< a sentence's end; empty when done
};

/// What became of one manifest that could go.
struct Fate {
    enum class Kind {
        planned,  ///< of a dry run
        deleted,
        refused,
        failed,
        left,    ///< there was no room for it, or the run had to stop
        changed  ///< it is needed after all, by what came while the run was going on
    };
    NodeId node = 0;
    std::uint64_t version_id = 0;
    std::vector<std::string> tags;  ///< that it had
    Decision decision;              ///< as it was selected
    Kind kind = Kind::planned;
    std::string why;
};

/// What became of one tag that could go from a manifest that stays.
struct TagFate {
    Untag untag;
    Fate::Kind kind = Fate::Kind::planned;
    std::string why;
};

/// One clean-up of one image name, as a value that says what to do next and is told how it went: all of the
/// order, the second looks and the conclusions from failures are here, and no request is. Each deletion is
/// decided again by select() on what the last look has found, right before it.
class Execution {
  public:
    Execution(Inventory inventory, OpenPullRequests repository, Policy policy, Orders orders);

    /// Gives the next step. `now` is a steady clock's time; `room` is how many deletions may be sent at once.
    /// Reads and looks are answered by filling inventory(); the others by the calls below, for each part.
    Step next(std::chrono::milliseconds now, std::size_t room);

    /// Takes what GitHub says of pull requests that a Read asked for; those without a word stay unknown.
    void learn(const std::vector<PullRequestNumber>& asked, const OpenPullRequests& answer);
    /// Ends the run before its end: nothing can be looked at any more.
    void give_up(const Outcome& outcome) { stop(outcome); }
    void published(const Journal& journal, const Outcome& outcome);
    void untagged(const Untag& untag, const Outcome& outcome);
    void removed(NodeId node, const Outcome& outcome);

    [[nodiscard]] Inventory& inventory() { return inventory_; }
    [[nodiscard]] const Inventory& inventory() const { return inventory_; }
    [[nodiscard]] const Policy& policy() const { return policy_; }

    /// What was selected at first, with the reason of everything that stays.
    [[nodiscard]] const Deletions& selected() const { return selected_; }
    [[nodiscard]] const std::vector<Fate>& fates() const { return fates_; }
    [[nodiscard]] const std::vector<TagFate>& tag_fates() const { return tag_fates_; }
    /// Why the run stopped before its end; nothing if it did not.
    [[nodiscard]] const std::optional<Outcome>& stopped() const { return stopped_; }
    /// Journals that could not be taken away again: the next run does it.
    [[nodiscard]] const std::vector<std::string>& journals_left() const { return journals_left_; }

  private:
    struct Stage {
        enum class Kind { publish, untag, remove, retire };
        Kind kind = Kind::remove;
        std::vector<NodeId> nodes = {};
    };

    void plan();
    void add_fate(NodeId node, Fate::Kind kind, std::string why);
    void note_order();
    [[nodiscard]] bool waits_for_another(NodeId node) const;
    std::optional<Step> reselect();
    std::optional<Step> look_at(const std::vector<NodeId>& nodes, std::chrono::milliseconds now);
    std::optional<Step> publish();
    std::optional<Step> untag(std::chrono::milliseconds now);
    std::optional<Step> remove(std::chrono::milliseconds now, std::size_t room);
    std::optional<Step> retire(std::chrono::milliseconds now);
    [[nodiscard]] std::vector<NodeId> upcoming(std::size_t most) const;
    [[nodiscard]] bool still_goes(NodeId node) const;
    [[nodiscard]] bool still_untags(const Untag& untag) const;
    [[nodiscard]] bool journal_is_needed(NodeId journal) const;
    void settle(NodeId node, Fate::Kind kind, std::string why);
    void stop(const Outcome& outcome);

    Inventory inventory_;
    OpenPullRequests repository_;
    Policy policy_;
    Orders orders_;

    bool planned_ = false;
    Deletions selected_;
    Deletions current_;
    bool stale_ = true;  ///< the inventory may have changed since current_ was selected
    std::vector<Stage> stages_;
    std::size_t stage_ = 0;
    std::size_t position_ = 0;   ///< within the stage
    bool deletes_work_ = false;  ///< a deletion has been answered with anything but a refusal of all
    int failures_in_a_row_ = 0;
    std::optional<Needs> asked_;

    std::set<NodeId> looked_at_;
    bool looking_ = false;
    std::optional<std::chrono::milliseconds> looked_;  ///< when the last look ended
    std::set<NodeId> looked_for_;                      ///< journals whose id was missing

    std::vector<Journal> journals_;
    std::vector<NodeId> own_journals_;
    std::vector<Fate> fates_;
    std::map<NodeId, std::size_t> fate_of_;
    std::map<NodeId, std::vector<NodeId>> earlier_;  ///< what has to go before
    std::vector<TagFate> tag_fates_;
    std::vector<std::string> journals_left_;
    std::optional<Outcome> stopped_;
};

}  // namespace pr_image::plan::cleanup
