#include "plan/cleanup/schedule.hpp"

#include "unit/plan/cleanup/shelf.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup::tests {

namespace {

Shelf closed_pull_requests() {
    Shelf shelf;
    shelf.pull_request(7, false);
    shelf.pull_request(8, true);
    shelf.image("release", {"v1"}, 1000);
    return shelf;
}

std::vector<NodeId> nodes(const Shelf& shelf, const std::vector<std::string>& names) {
    std::vector<NodeId> found;
    for (const std::string& name : names)
        found.push_back(shelf.node(name));
    return found;
}

}  // namespace

TEST_CASE("an index goes before its children, level by level, and the journal lists all but the roots") {
    Shelf shelf = closed_pull_requests();
    shelf.image("leaf");
    shelf.index("inner", {"leaf"});
    shelf.index("outer", {"inner", "leaf"}, {"pr-7-abc1234"});
    shelf.image("sig", {"sha256-" + std::string(Shelf::digest("outer").hex()) + ".sig"});
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 100);
    CHECK(schedule.alone.empty());
    REQUIRE(schedule.levels.size() == 3);
    CHECK(schedule.levels[0] == nodes(shelf, {"outer"}));
    CHECK(schedule.levels[1].size() == 2);
    CHECK(schedule.levels[2] == nodes(shelf, {"leaf"}));
    CHECK(schedule.journal.size() == 3);
}

TEST_CASE("what leaves nothing behind goes first and needs no journal") {
    Shelf shelf = closed_pull_requests();
    shelf.image("plain", {"pr-7-abc1234"});
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 100);
    CHECK(schedule.alone == nodes(shelf, {"plain"}));
    CHECK(schedule.journal.empty());
    CHECK(make_journals(shelf.inventory, schedule.journal, "x", Shelf::kNow, false).empty());
}

TEST_CASE("leftovers are found again without a journal") {
    Shelf shelf = closed_pull_requests();
    shelf.policy.untagged = std::chrono::days(7);
    shelf.image("leaf", {}, 500);
    shelf.index("index", {"leaf"}, {}, 500);
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 100);
    CHECK(schedule.alone == nodes(shelf, {"index"}));
    REQUIRE(schedule.levels.size() == 2);
    CHECK(schedule.levels[1] == nodes(shelf, {"leaf"}));
    CHECK(schedule.journal.empty());
}

TEST_CASE("with less room than needed, closed pull requests come first and are completed one by one") {
    Shelf shelf = closed_pull_requests();
    shelf.policy.keep = 1;
    shelf.image("old", {"pr-8-aaaaaa1"}, 50);
    shelf.image("new", {"pr-8-aaaaaa2"}, 40);
    shelf.image("child 1");
    shelf.index("closed 1", {"child 1"}, {"pr-7-aaaaaa1"});
    shelf.image("child 2");
    shelf.index("closed 2", {"child 2"}, {"pr-7-aaaaaa2"});
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 3);
    REQUIRE(schedule.levels.size() == 2);
    CHECK(schedule.levels[0] == nodes(shelf, {"closed 1", "closed 2"}));
    CHECK(schedule.levels[1] == nodes(shelf, {"child 1"}));
    CHECK(schedule.left == [&] {
        std::vector<NodeId> left = nodes(shelf, {"old", "child 2"});
        std::ranges::sort(left);
        return left;
    }());
    // What is left of a root that goes is listed, so that the next run finds it.
    CHECK(schedule.journal.size() == 2);
}

TEST_CASE("a shared child waits for both of its indexes, and stays while one of them does") {
    Shelf shelf = closed_pull_requests();
    shelf.image("child");
    shelf.index("1", {"child"}, {"pr-7-aaaaaa1"});
    shelf.index("2", {"child"}, {"pr-7-aaaaaa2"});
    const Schedule whole = make_schedule(shelf.inventory, shelf.select(), 100);
    CHECK(whole.levels[1] == nodes(shelf, {"child"}));
    const Schedule one = make_schedule(shelf.inventory, shelf.select(), 1);
    CHECK(one.levels.size() == 1);
    CHECK(one.left.size() == 2);
}

TEST_CASE("a circle is in no level") {
    Shelf shelf = closed_pull_requests();
    shelf.index("a", {"b"});
    shelf.index("b", {"a"});
    shelf.index("root", {"a"}, {"pr-7-abc1234"});
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 100);
    CHECK(schedule.cyclic.size() == 2);
    CHECK(schedule.left.empty());
}

TEST_CASE("a journal is an index that reads back, and no two runs share one") {
    Shelf shelf = closed_pull_requests();
    shelf.image("a");
    shelf.index("b", {"a"});
    const auto one = make_journals(shelf.inventory, nodes(shelf, {"a", "b"}), "1-1-x", Shelf::kNow, false);
    const auto two = make_journals(shelf.inventory, nodes(shelf, {"a", "b"}), "1-1-y", Shelf::kNow, false);
    REQUIRE(one.size() == 1);
    CHECK(one[0].tag == "pr-image-cleanup-1-1-x");
    CHECK(one[0].digest != two[0].digest);
    CHECK(one[0].digest == text::sha256(one[0].bytes));
    const Result<Manifest> manifest = parse_manifest(one[0].bytes, kJournalMediaType);
    REQUIRE(manifest);
    REQUIRE(manifest->children.size() == 2);
    CHECK(manifest->children[0].size == 500);
    CHECK(manifest->children[1].type == ManifestType::oci_index);
}

TEST_CASE("a journal is one of ours by what it says, and says which image an attestation is of") {
    Shelf shelf = closed_pull_requests();
    shelf.image("image");
    shelf.referrer("attestation", "image", {}, 1, true);
    shelf.index("closed", {"image", "attestation"}, {"pr-7-abc1234"});
    Manifest index{.type = ManifestType::oci_index};
    index.children = {
        {Shelf::digest("image"), ManifestType::oci_image, 500, true},
        {Shelf::digest("attestation"), ManifestType::oci_image, 500, false, Shelf::digest("image")}};
    shelf.list("other index", {"pr-7-abc1235"});
    shelf.inventory.read(shelf.node("other index"), index, 900);
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 100);
    const std::vector<Journal> journals =
        make_journals(shelf.inventory, schedule.journal, "17-1-abcd", Shelf::kNow, false);
    REQUIRE(journals.size() == 1);
    const Manifest manifest = parse_manifest(journals[0].bytes, "").value();
    REQUIRE(manifest.journal);
    CHECK(manifest.journal->tag == journals[0].tag);
    CHECK(manifest.journal->created == Shelf::kNow);
    CHECK(manifest.children.size() == 2);
    CHECK(std::ranges::any_of(manifest.children, [](const Descriptor& child) {
        return child.digest == Shelf::digest("attestation") && child.attested == Shelf::digest("image");
    }));
}

TEST_CASE("an attestation goes before its image, whose labels say whose both are; a signature goes after") {
    Shelf shelf = closed_pull_requests();
    shelf.image("image");
    shelf.referrer("attestation", "image", {}, 1, true);
    shelf.referrer("signature", "image");
    shelf.index("closed", {"image", "attestation"}, {"pr-7-abc1234"});
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 100);
    REQUIRE(schedule.levels.size() == 4);
    CHECK(schedule.levels[0] == nodes(shelf, {"closed"}));
    CHECK(schedule.levels[1] == nodes(shelf, {"attestation"}));
    CHECK(schedule.levels[2] == nodes(shelf, {"image"}));
    CHECK(schedule.levels[3] == nodes(shelf, {"signature"}));
}

TEST_CASE("where there is no room for all, the order is by how sure and how wanted it is that they go") {
    Shelf shelf = closed_pull_requests();
    shelf.policy.keep = 1;
    shelf.policy.branch_retention = std::chrono::days(7);
    shelf.repository.branches = std::vector<std::string>{"main"};
    shelf.image("staging", {"pr-image-staging-1-linux-amd64"}, 500);
    shelf.image("branch", {"feature-gone-abc1234"}, 500, "feature/gone");
    shelf.image("superseded", {"pr-8-aaaaaa1"}, 500);
    shelf.image("newest", {"pr-8-aaaaaa2"}, 1);
    shelf.journal("journal", {}, "pr-image-cleanup-1", {"pr-image-cleanup-1"});
    shelf.image("closed", {"pr-7-abc1234"});
    const std::vector<std::string> order{"closed", "journal", "superseded", "branch", "staging"};
    for (std::size_t most = 1; most <= order.size(); ++most) {
        CAPTURE(most);
        const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), most);
        CHECK(schedule.alone ==
              nodes(shelf, {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most)}));
    }
}

TEST_CASE("an earlier run's journal whose images are all still there goes first, before another is written") {
    // Where deleting is not allowed, that shows it: runs that can delete nothing leave one journal, not one
    // each.
    Shelf shelf = closed_pull_requests();
    shelf.image_of(7, "part");
    shelf.index("closed", {"part"}, {"pr-7-abc1234"});
    shelf.journal("journal", {"part"}, "pr-image-cleanup-1", {"pr-image-cleanup-1"});
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 100);
    CHECK(schedule.alone == nodes(shelf, {"journal"}));
}

TEST_CASE("an attestation that only its index says the image of goes before that image, too") {
    Shelf shelf = closed_pull_requests();
    shelf.image("image");
    shelf.list("attestation");
    shelf.inventory.read(shelf.node("attestation"), {.type = ManifestType::oci_image, .attestation = true},
                         400);
    shelf.list("closed", {"pr-7-abc1234"});
    Manifest index{.type = ManifestType::oci_index};
    index.children = {
        {Shelf::digest("image"), ManifestType::oci_image, 500, true},
        {Shelf::digest("attestation"), ManifestType::oci_image, 400, false, Shelf::digest("image")}};
    shelf.inventory.read(shelf.node("closed"), index, 900);
    const Schedule schedule = make_schedule(shelf.inventory, shelf.select(), 100);
    REQUIRE(schedule.levels.size() == 3);
    CHECK(schedule.levels[1] == nodes(shelf, {"attestation"}));
    CHECK(schedule.levels[2] == nodes(shelf, {"image"}));
}

TEST_CASE("a journal lists ten thousand manifests at most, and then there is another") {
    Inventory inventory(true);
    std::vector<NodeId> listed;
    for (int i = 0; i <= 10'000; ++i) {
        listed.push_back(inventory.list(
            {.id = 1, .digest = Shelf::digest(std::to_string(i)), .tags = {}, .created = {}, .touched = {}}));
    }
    const std::vector<Journal> journals = make_journals(inventory, listed, "x", Shelf::kNow, false);
    REQUIRE(journals.size() == 2);
    CHECK(journals[1].tag == journals[0].tag + "-2");
    CHECK(parse_manifest(journals[0].bytes, "").value().children.size() == 10'000);
    CHECK(journals[0].bytes.size() < 4'000'000);
    listed.pop_back();
    CHECK(make_journals(inventory, listed, "x", Shelf::kNow, false).size() == 1);
}

}  // namespace pr_image::plan::cleanup::tests
