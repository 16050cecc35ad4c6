// Every retention to the second: what is a second too young stays, what is just old enough goes.

#include "plan/cleanup/select.hpp"
#include "plan/cleanup/tag_verdicts.hpp"
#include "unit/plan/cleanup/shelf.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup::tests {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

Shelf nightly() {
    Shelf shelf;
    shelf.pull_request(7, false);
    shelf.pull_request(8, true);
    shelf.repository.branches = std::vector<std::string>{"main", "feature/living"};
    shelf.policy.branch_retention = days(7);
    shelf.policy.pr_retention = hours(24);
    shelf.policy.untagged = days(3);
    shelf.image("release", {"v1.2.3", "latest"}, 1000);
    return shelf;
}

/// Lists an image that is exactly so old.
void add(Shelf& shelf, const std::string& name, std::vector<std::string> tags, seconds created,
         std::optional<seconds> touched = {}, const std::string& branch = {}) {
    shelf.inventory.list({.id = 1,
                          .digest = Shelf::digest(name),
                          .tags = std::move(tags),
                          .created = Shelf::kNow - created,
                          .touched = Shelf::kNow - touched.value_or(created)});
    shelf.read_image(name, ImageConfig{.branch = branch, .created = {}});
}

struct Rule {
    std::string what;
    seconds retention;
    std::function<void(Shelf&, seconds)> make;  ///< an image "it" to which the rule's time is so long ago
    Reason young;
};

std::vector<Rule> rules() {
    return {
        {"a closed pull request", hours(24),
         [](Shelf& shelf, seconds age) {
             PullRequestState state{.open = false, .closed_at = Shelf::kNow - age, .head_sha = {}};
             shelf.repository.pull_requests[PullRequestNumber::parse("7").value()] = state;
             add(shelf, "it", {"pr-7-abc1234"}, days(100));
         },
         Reason::recently_closed},
        {"its cache", hours(24),
         [](Shelf& shelf, seconds age) {
             PullRequestState state{.open = false, .closed_at = Shelf::kNow - age, .head_sha = {}};
             shelf.repository.pull_requests[PullRequestNumber::parse("7").value()] = state;
             add(shelf, "it", {"buildcache-pr-7"}, days(100));
         },
         Reason::recently_closed},
        {"a staging part", hours(24),
         [](Shelf& shelf, seconds age) { add(shelf, "it", {"pr-image-staging-1-linux-amd64"}, age); },
         Reason::too_young},
        {"a staging part that was touched", hours(24),
         [](Shelf& shelf, seconds age) {
             add(shelf, "it", {"pr-image-staging-1-linux-amd64"}, days(100), age);
         },
         Reason::too_young},
        {"a branch's image", days(7),
         [](Shelf& shelf, seconds age) {
             add(shelf, "it", {"feature-gone-abc1234"}, age, {}, "feature/gone");
         },
         Reason::too_young},
        {"a branch's image that was touched", days(7),
         [](Shelf& shelf, seconds age) {
             add(shelf, "it", {"feature-gone-abc1234"}, days(100), age, "feature/gone");
         },
         Reason::too_young},
        {"a branch's image whose touch is older than itself", days(7),
         [](Shelf& shelf, seconds age) {
             add(shelf, "it", {"feature-gone-abc1234"}, age, days(100), "feature/gone");
         },
         Reason::too_young},
        {"a branch's cache", days(7),
         [](Shelf& shelf, seconds age) { add(shelf, "it", {"buildcache-feature-gone"}, age); },
         Reason::too_young},
        {"a branch's cache that was written again", days(7),
         [](Shelf& shelf, seconds age) { add(shelf, "it", {"buildcache-feature-gone"}, days(100), age); },
         Reason::too_young},
        {"a leftover", days(3), [](Shelf& shelf, seconds age) { add(shelf, "it", {}, age); },
         Reason::too_young},
        {"a leftover that was touched", days(3),
         [](Shelf& shelf, seconds age) { add(shelf, "it", {}, days(100), age); }, Reason::too_young},
        {"a branch's image by its label, where the registry knows no times", days(7),
         [](Shelf& shelf, seconds age) {
             Shelf other(false);
             shelf.inventory = std::move(other.inventory);
             shelf.inventory.list({.id = 0,
                                   .digest = Shelf::digest("it"),
                                   .tags = {"feature-gone-abc1234"},
                                   .created = {},
                                   .touched = {}});
             shelf.read_image("it", ImageConfig{.branch = "feature/gone", .created = Shelf::kNow - age});
         },
         Reason::too_young},
        {"a branch's image that a journal lists", days(7),
         [](Shelf& shelf, seconds age) {
             shelf.policy.untagged.reset();
             add(shelf, "it", {}, age, {}, "feature/gone");
             shelf.journal("journal", {"it"}, "pr-image-cleanup-1", {"pr-image-cleanup-1"});
         },
         Reason::untagged_rule_off},
    };
}

}  // namespace

TEST_CASE("a retention ends at its second and not one earlier or later") {
    for (const Rule& rule : rules()) {
        CAPTURE(rule.what);
        for (const int off : {-1, 0, 1}) {
            CAPTURE(off);
            Shelf shelf = nightly();
            rule.make(shelf, rule.retention + seconds(off));
            CHECK(shelf.goes("it") == (off >= 0));
            if (off < 0) CHECK(to_string(shelf.decision("it").reason) == to_string(rule.young));
        }
    }
}

TEST_CASE("retentions of zero end at once") {
    Shelf shelf = nightly();
    shelf.policy.pr_retention = seconds(0);
    shelf.policy.branch_retention = seconds(0);
    shelf.policy.untagged = seconds(0);
    shelf.repository.pull_requests[PullRequestNumber::parse("7").value()].closed_at.reset();
    add(shelf, "pull request", {"pr-7-abc1234"}, seconds(0));
    add(shelf, "branch", {"feature-gone-abc1234"}, seconds(0), {}, "feature/gone");
    add(shelf, "cache", {"buildcache-feature-gone"}, seconds(0));
    add(shelf, "leftover", {}, seconds(0));
    for (const char* name : {"pull request", "branch", "cache", "leftover"}) {
        CAPTURE(name);
        CHECK(shelf.goes(name));
    }
}

TEST_CASE("a rule that is off lets nothing go, however old") {
    Shelf shelf = nightly();
    shelf.policy.branch_retention.reset();
    shelf.policy.untagged.reset();
    add(shelf, "branch", {"feature-gone-abc1234"}, days(1000), {}, "feature/gone");
    add(shelf, "cache", {"buildcache-feature-gone"}, days(1000));
    add(shelf, "leftover", {}, days(1000));
    add(shelf, "journaled", {}, days(1000), {}, "feature/gone");
    shelf.journal("journal", {"journaled"}, "pr-image-cleanup-1", {"pr-image-cleanup-1"});
    CHECK(shelf.decision("branch").reason == Reason::branch_rule_off);
    CHECK(shelf.decision("cache").reason == Reason::branch_rule_off);
    CHECK(shelf.decision("leftover").reason == Reason::untagged_rule_off);
    CHECK_FALSE(shelf.goes("journaled"));
}

TEST_CASE("what nobody knows the age of stays") {
    Shelf shelf = nightly();
    const auto undated = [&](const std::string& name, std::vector<std::string> tags,
                             const std::string& branch) {
        shelf.inventory.list(
            {.id = 1, .digest = Shelf::digest(name), .tags = std::move(tags), .created = {}, .touched = {}});
        shelf.read_image(name, ImageConfig{.branch = branch, .created = {}});
    };
    undated("staging", {"pr-image-staging-1-linux-amd64"}, "");
    undated("branch", {"feature-gone-abc1234"}, "feature/gone");
    undated("cache", {"buildcache-feature-gone"}, "");
    undated("leftover", {}, "");
    undated("pushed by an open pull request", {"pr-8-abc1234"}, "");
    shelf.policy.keep = 1;
    add(shelf, "newer", {"pr-8-abc1235"}, seconds(1));
    for (const char* name : {"staging", "branch", "cache", "leftover"}) {
        CAPTURE(name);
        CHECK(shelf.decision(name).reason == Reason::age_unknown);
    }
    CHECK(shelf.decision("pushed by an open pull request").reason == Reason::open_pull_request);
}

TEST_CASE("only a time is enough where the other is not known") {
    Shelf shelf = nightly();
    const auto list = [&](const std::string& name, std::optional<Timestamp> created,
                          std::optional<Timestamp> touched) {
        shelf.inventory.list({.id = 1,
                              .digest = Shelf::digest(name),
                              .tags = {"pr-image-staging-" + name},
                              .created = created,
                              .touched = touched});
        shelf.read_image(name);
    };
    list("1", Shelf::kNow - days(2), {});
    list("2", {}, Shelf::kNow - days(2));
    list("3", Shelf::kNow - hours(1), {});
    list("4", {}, Shelf::kNow - hours(1));
    CHECK(shelf.goes("1"));
    CHECK(shelf.goes("2"));
    CHECK_FALSE(shelf.goes("3"));
    CHECK_FALSE(shelf.goes("4"));
}

TEST_CASE("keep counts pushes to the one, and equal times as not newer") {
    const auto [keep, newer, goes] = GENERATE(table<std::uint32_t, int, bool>({
        {1, 0, false},
        {1, 1, true},
        {2, 1, false},
        {2, 2, true},
        {3, 2, false},
        {3, 3, true},
    }));
    CAPTURE(keep, newer);
    Shelf shelf = nightly();
    shelf.policy.keep = keep;
    add(shelf, "it", {"pr-8-aaaaaa0"}, seconds(100));
    add(shelf, "as new", {"pr-8-bbbbbb0"}, seconds(100));
    add(shelf, "older", {"pr-8-bbbbbb1"}, seconds(101));
    add(shelf, "of another", {"pr-7-bbbbbb2"}, seconds(10));
    add(shelf, "its variant", {"pr-8-aaaaaa0-dev"}, seconds(100));
    for (int i = 0; i < newer; ++i)
        add(shelf, std::to_string(i), {"pr-8-ccccc0" + std::to_string(i)}, seconds(99 - i));
    CHECK(shelf.goes("it") == goes);
}

TEST_CASE("a push is as new as its newest image, and the newest image of a branch is told by time alone") {
    Shelf shelf = nightly();
    shelf.policy.keep = 1;
    add(shelf, "old", {"pr-8-aaaaaa0"}, seconds(500));
    add(shelf, "old, variant", {"pr-8-aaaaaa0-dev"}, seconds(10));
    add(shelf, "between", {"pr-8-bbbbbb0"}, seconds(100));
    CHECK_FALSE(shelf.goes("old"));
    CHECK(shelf.goes("between"));
    add(shelf, "branch 1", {"feature-living-aaaaaa1"}, days(8), {}, "feature/living");
    add(shelf, "branch 2", {"feature-living-aaaaaa2"}, days(8) - seconds(1), {}, "feature/living");
    add(shelf, "branch 3", {"feature-living-aaaaaa3"}, days(8), {}, "feature/living");
    CHECK(shelf.goes("branch 1"));
    CHECK(shelf.goes("branch 3"));
    CHECK(shelf.decision("branch 2").reason == Reason::newest_of_branch);
}

TEST_CASE("a protected tag of a branch does not count as its newest push") {
    Shelf shelf = nightly();
    shelf.policy.protected_tags = {"feature-living-aaaaaa2"};
    add(shelf, "protected", {"feature-living-aaaaaa2"}, days(1), {}, "feature/living");
    add(shelf, "newest of the others", {"feature-living-aaaaaa1"}, days(8), {}, "feature/living");
    CHECK(shelf.decision("protected").reason == Reason::protected_tag);
    CHECK(shelf.decision("newest of the others").reason == Reason::newest_of_branch);
}

TEST_CASE("branches are asked for as soon as one could decide, and not before") {
    const auto matter = [](std::vector<std::string> tags, seconds age) {
        Shelf shelf = nightly();
        add(shelf, "it", std::move(tags), age);
        return branches_matter(shelf.inventory, shelf.policy, Shelf::kNow);
    };
    CHECK_FALSE(matter({"feature-x-abc1234"}, days(7) - seconds(1)));
    CHECK(matter({"feature-x-abc1234"}, days(7)));
    CHECK(matter({"buildcache-feature-x"}, days(7)));
    CHECK_FALSE(matter({"buildcache-pr-7"}, days(8)));
    CHECK_FALSE(matter({"pr-7-abc1234"}, days(8)));
    CHECK_FALSE(matter({"v2.0.0"}, days(8)));
    Shelf shelf = nightly();
    add(shelf, "it", {"feature-x-abc1234"}, days(8));
    shelf.policy.only = PullRequestNumber::parse("7").value();
    CHECK_FALSE(branches_matter(shelf.inventory, shelf.policy, Shelf::kNow));
    shelf.policy.only.reset();
    shelf.policy.branch_retention.reset();
    CHECK_FALSE(branches_matter(shelf.inventory, shelf.policy, Shelf::kNow));
}

TEST_CASE("the numbers to ask for are those that tags name, in this run's scope") {
    Shelf shelf = nightly();
    add(shelf, "a", {"pr-9-abc1234", "pr-7"}, days(1));
    add(shelf, "b", {"buildcache-pr-12", "buildcache-main", "pr-image-staging-1"}, days(1));
    const auto numbers = [&] {
        std::vector<std::string> found;
        for (const PullRequestNumber& number : pull_requests_in(shelf.inventory, shelf.policy))
            found.push_back(number.string());
        return found;
    };
    CHECK(numbers() == std::vector<std::string>{"7", "9", "12"});
    shelf.policy.only = PullRequestNumber::parse("9").value();
    CHECK(numbers() == std::vector<std::string>{"9"});
}

TEST_CASE("a missing manifest is settled after its hour and not a second earlier") {
    for (const int off : {-1, 0, 1}) {
        CAPTURE(off);
        Shelf shelf = nightly();
        add(shelf, "closed", {"pr-7-abc1234"}, days(9));
        shelf.repository.pull_requests[PullRequestNumber::parse("7").value()].closed_at =
            Shelf::kNow - days(9);
        shelf.inventory.list({.id = 1,
                              .digest = Shelf::digest("appearing"),
                              .tags = {"v9.0.0"},
                              .created = Shelf::kNow - hours(1) - seconds(off),
                              .touched = {}});
        shelf.inventory.read(shelf.node("appearing"), Reading::missing);
        CHECK(shelf.goes("closed") == (off >= 0));
    }
}

TEST_CASE("globs protect in the order of who wrote them") {
    struct Row {
        std::string tag;
        bool own;  ///< the globs are the workflow's
        bool goes;
    };
    const Row row = GENERATE(values<Row>({
        {"pr-7-abc1234", false, true},
        {"pr-7-abc1234", true, false},
        {"buildcache-pr-7", false, true},
        {"buildcache-pr-7", true, false},
        {"buildcache-feature-gone", false, false},
        {"pr-image-staging-1-linux-amd64", false, false},
        {"feature-gone-abc1234", false, false},
    }));
    CAPTURE(row.tag, row.own);
    Shelf shelf = nightly();
    shelf.policy.pr_retention = seconds(0);
    shelf.policy.protected_tags = {row.tag};
    shelf.policy.protects_pull_requests = row.own;
    add(shelf, "it", {row.tag}, days(100), {}, "feature/gone");
    CHECK(shelf.goes("it") == row.goes);
    if (!row.goes) CHECK(shelf.decision("it").reason == Reason::protected_tag);
}

TEST_CASE("an image that is just old enough is compared with the younger ones of its branch") {
    Shelf shelf = nightly();
    add(shelf, "it", {"feature-living-aaaaaa1"}, days(7), {}, "feature/living");
    add(shelf, "younger", {"feature-living-aaaaaa2"}, days(1), {}, "feature/living");
    CHECK(shelf.goes("it"));
    CHECK_FALSE(shelf.goes("younger"));
}

TEST_CASE("the default branch exists, whether the list of branches shows it or not") {
    Shelf shelf = nightly();
    shelf.policy.default_branch = "trunk";
    shelf.policy.protected_tags = {"v*"};
    add(shelf, "image", {"trunk-aaaaaa1"}, days(100), {}, "trunk");
    add(shelf, "cache", {"buildcache-trunk"}, days(100));
    CHECK(shelf.decision("image").reason == Reason::newest_of_branch);
    CHECK(shelf.decision("cache").reason == Reason::living_branch);
}

TEST_CASE("an image of a superseded push that nobody knows the time of stays") {
    Shelf shelf = nightly();
    shelf.policy.keep = 1;
    add(shelf, "dated", {"pr-8-aaaaaa0"}, seconds(500));
    add(shelf, "newer", {"pr-8-bbbbbb0"}, seconds(100));
    shelf.inventory.list({.id = 1,
                          .digest = Shelf::digest("undated"),
                          .tags = {"pr-8-aaaaaa0-dev"},
                          .created = {},
                          .touched = {}});
    shelf.read_image("undated");
    CHECK(shelf.goes("dated"));
    CHECK(shelf.decision("undated").reason == Reason::open_pull_request);
}

}  // namespace pr_image::plan::cleanup::tests
