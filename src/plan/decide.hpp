#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/names/names.hpp"
#include "plan/plan.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"

#include <optional>
#include <vector>

namespace pr_image::plan {

/// What has to be looked at before decide() can be asked.
struct Questions {
    std::vector<ImageName> push_access;             ///< may this run push these?
    std::optional<Reference> existing;              ///< does the registry hold this ephemeral tag already?
    std::optional<PullRequestNumber> pull_request;  ///< what does GitHub's API say of this one?
    std::optional<CommitSha> commit_date;           ///< when was this one committed?
    std::optional<Names> names;  ///< what the image is called; absent where these looks can change it
};

/// Takes what is known before any look that takes time, of the facts the clock and the time zones; gives the
/// looks that are worth their time. A pull request that is closed or untrusted asks no registry anything.
/// Errors are decide()'s: a bad combination is refused before anything is touched.
Result<Questions> questions(const Event& event, const Inputs& inputs, const Facts& known = {});

/// Takes the event, the inputs, the facts and the run's names; gives the whole plan, or the Error that says
/// which rule forbids it and what to change. A chain: who asks, what that grants, whether it is pushed, what
/// it is called, how it is built, how it is handed over; no link looks back. Pure: no I/O, no clock, no
/// randomness. Rules: README, "What it decides" and "How it stays safe".
Result<Plan> decide(const Event& event, const Inputs& inputs, const Facts& facts, const Names& names);

/// The same, for who has not resolved the names yet.
Result<Plan> decide(const Event& event, const Inputs& inputs, const Facts& facts);

/// Caches of a plan that its build failed of.
struct BrokenCaches {
    std::vector<CacheEntry> from;  ///< entries of `cache_from`
    std::vector<CacheEntry> to;    ///< entries of `cache_to`
    bool steps = false;            ///< what the builder itself keeps of finished steps

    [[nodiscard]] bool any() const { return steps || !from.empty() || !to.empty(); }
};

/// Takes a plan whose build failed of these caches; gives it without them, to be built once more. Without any
/// entry for it, the cache service's token goes too.
Plan without_caches(Plan plan, const BrokenCaches& broken);

}  // namespace pr_image::plan
