// The limits of one execution: how long a look is good for, how many deletions go at once, when it stops.

#include "plan/cleanup/execution.hpp"
#include "unit/plan/cleanup/shelf.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::plan::cleanup::tests {

namespace {

using std::chrono::milliseconds;

/// A closed pull request's images, each of one manifest.
Execution execution(int images, Traits traits = {}) {
    Shelf shelf;
    shelf.pull_request(7, false);
    shelf.image("release", {"v1"}, 1000);
    for (int i = 0; i < images; ++i)
        shelf.image(std::to_string(i), {"pr-7-" + std::string(7, 'a') + "-" + std::to_string(i)});
    return {
        std::move(shelf.inventory), std::move(shelf.repository), std::move(shelf.policy),
        Orders{
            .traits = traits, .dry_run = false, .most = SIZE_MAX, .journal_name = "1", .now = Shelf::kNow}};
}

/// The nodes of the next removal, after as many looks as it asks for.
std::vector<NodeId> next_removal(Execution& run, milliseconds now, std::size_t room = 100) {
    for (int i = 0; i < 3; ++i) {
        const Step step = run.next(now, room);
        if (const auto* removal = std::get_if<Remove>(&step)) return removal->nodes;
        if (!std::holds_alternative<Look>(step)) return {};
    }
    return {};
}

}  // namespace

TEST_CASE("a look is good for two seconds and not a millisecond longer") {
    const auto [later, looks] = GENERATE(table<int, bool>({{0, false}, {2'000, false}, {2'001, true}}));
    CAPTURE(later);
    Execution run = execution(3);
    CHECK(std::holds_alternative<Look>(run.next(milliseconds(0), 1)));
    const std::vector<NodeId> first = next_removal(run, milliseconds(500), 1);
    REQUIRE(first.size() == 1);
    run.removed(first.front(), {});
    const Step step = run.next(milliseconds(500 + later), 1);
    CHECK(std::holds_alternative<Look>(step) == looks);
    CHECK(std::holds_alternative<Remove>(step) != looks);
}

TEST_CASE("the first deletion goes alone, then as many as there is room for, thirty-two at most") {
    Execution run = execution(40);
    std::vector<NodeId> nodes = next_removal(run, milliseconds(0));
    REQUIRE(nodes.size() == 1);
    run.removed(nodes.front(), {});
    CHECK(next_removal(run, milliseconds(0)).size() == 32);
    Execution narrow = execution(40);
    nodes = next_removal(narrow, milliseconds(0));
    narrow.removed(nodes.front(), {});
    CHECK(next_removal(narrow, milliseconds(0), 3).size() == 3);
    Execution none = execution(40);
    nodes = next_removal(none, milliseconds(0));
    none.removed(nodes.front(), {});
    CHECK(next_removal(none, milliseconds(0), 0).size() == 1);
}

TEST_CASE("the next one goes alone, too, as long as no deletion has been answered") {
    Execution run = execution(5);
    std::vector<NodeId> nodes = next_removal(run, milliseconds(0));
    run.removed(nodes.front(), {Outcome::Kind::failed, "500"});
    CHECK(next_removal(run, milliseconds(0)).size() == 1);
    Execution refused = execution(5);
    nodes = next_removal(refused, milliseconds(0));
    refused.removed(nodes.front(), {Outcome::Kind::refused, "downloads"});
    CHECK(next_removal(refused, milliseconds(0)).size() == 4);
}

TEST_CASE("five failures in a row end the run, four do not") {
    Execution run = execution(12);
    for (int i = 1; i <= 4; ++i) {
        const std::vector<NodeId> nodes = next_removal(run, milliseconds(0), 1);
        REQUIRE(nodes.size() == 1);
        run.removed(nodes.front(), {Outcome::Kind::failed, "500"});
        CHECK_FALSE(run.stopped());
    }
    std::vector<NodeId> nodes = next_removal(run, milliseconds(0), 1);
    run.removed(nodes.front(), {});
    for (int i = 1; i <= 5; ++i) {
        CHECK_FALSE(run.stopped());
        nodes = next_removal(run, milliseconds(0), 1);
        REQUIRE(nodes.size() == 1);
        run.removed(nodes.front(), {Outcome::Kind::failed, "500"});
    }
    REQUIRE(run.stopped());
    CHECK(std::holds_alternative<Finished>(run.next(milliseconds(0), 1)));
}

TEST_CASE("a denial and a limit end the run at once, and name what is left") {
    const Outcome::Kind kind = GENERATE(Outcome::Kind::denied, Outcome::Kind::exhausted);
    Execution run = execution(3);
    const std::vector<NodeId> nodes = next_removal(run, milliseconds(0));
    run.removed(nodes.front(), {kind, "no"});
    REQUIRE(run.stopped());
    CHECK(run.stopped()->kind == kind);
    for (const Fate& fate : run.fates())
        CHECK(fate.kind == Fate::Kind::left);
    CHECK(std::holds_alternative<Finished>(run.next(milliseconds(0), 1)));
}

TEST_CASE("what is tagged between the look and the deletion stays, and what is gone counts as deleted") {
    Execution run = execution(3);
    REQUIRE(std::holds_alternative<Look>(run.next(milliseconds(0), 1)));
    Inventory& inventory = run.inventory();
    const NodeId tagged = *inventory.find(Shelf::digest("0"));
    const NodeId gone = *inventory.find(Shelf::digest("1"));
    inventory.tag(tagged, "v2");
    inventory.remove(gone);
    const std::vector<NodeId> nodes = next_removal(run, milliseconds(0));
    CHECK(nodes == std::vector<NodeId>{*inventory.find(Shelf::digest("2"))});
    for (const Fate& fate : run.fates()) {
        if (fate.node == tagged) CHECK(fate.kind == Fate::Kind::changed);
        if (fate.node == gone) CHECK(fate.kind == Fate::Kind::deleted);
    }
}

TEST_CASE("an answer about a pull request is learned, and none is asked for twice") {
    Shelf shelf;
    shelf.image_of(12, "it");
    shelf.image("release", {"v1"}, 1000);
    shelf.journal("journal", {"it"}, "pr-image-cleanup-1", {"pr-image-cleanup-1"});
    const PullRequestNumber twelve = PullRequestNumber::parse("12").value();
    const bool known = GENERATE(false, true);
    CAPTURE(known);
    const NodeId it = shelf.node("it");
    Execution run(
        std::move(shelf.inventory), {}, shelf.policy,
        Orders{.traits = {}, .dry_run = true, .most = SIZE_MAX, .journal_name = "1", .now = Shelf::kNow});
    const Step step = run.next(milliseconds(0), 1);
    const auto* read = std::get_if<Read>(&step);
    REQUIRE(read != nullptr);
    CHECK(read->needs.pull_requests == std::vector<PullRequestNumber>{twelve});
    OpenPullRequests answer;
    if (known) answer.pull_requests[twelve] = {.open = false, .closed_at = {}, .head_sha = {}};
    run.learn({twelve}, answer);
    CHECK(std::holds_alternative<Finished>(run.next(milliseconds(0), 1)));
    CHECK(run.selected().goes(it) == known);
}

}  // namespace pr_image::plan::cleanup::tests
