#include "plan/cleanup/select.hpp"

#include "plan/names/tag_grammar.hpp"
#include "unit/plan/cleanup/shelf.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup::tests {

namespace {

using std::chrono::days;
using std::chrono::hours;

const std::string kCommit = "abc1234";

/// A closed and an open pull request, and a release.
Shelf usual() {
    Shelf shelf;
    shelf.pull_request(7, false);
    shelf.pull_request(8, true);
    shelf.repository.branches = std::vector<std::string>{"main", "feature/living"};
    shelf.policy.branch_retention = days(7);
    shelf.image("release", {"v1.2.3", "latest"}, 1000);
    return shelf;
}

}  // namespace

TEST_CASE("a tag decides by its name, its pull request and its age") {
    struct Row {
        std::string tag;
        int hours;
        bool goes;
        Reason reason;
    };
    const Row row = GENERATE(values<Row>({
        {"pr-7-abc1234", 1, true, Reason::closed_pull_request},
        {"pr-7", 1, true, Reason::closed_pull_request},
        {"pr-7-dev", 1, true, Reason::closed_pull_request},
        {"buildcache-pr-7", 1, true, Reason::closed_pull_request},
        {"buildcache-pr-7-dev", 1, true, Reason::closed_pull_request},
        {"pr-8-abc1234", 5000, false, Reason::open_pull_request},
        {"buildcache-pr-8", 5000, false, Reason::open_pull_request},
        {"pr-9-abc1234", 5000, false, Reason::unknown_pull_request},
        {"pr-70-abc1234", 5000, false, Reason::unknown_pull_request},
        {"prod", 5000, false, Reason::foreign_tag},
        {"latest", 5000, false, Reason::protected_tag},
        {"main", 5000, false, Reason::protected_tag},
        {"v2", 5000, false, Reason::protected_tag},
        {"2.0.1", 5000, false, Reason::protected_tag},
        {"sha-abc1234", 5000, false, Reason::protected_tag},
        {"buildcache-main", 5000, false, Reason::living_branch},
        {"buildcache-feature-living-dev", 5000, false, Reason::living_branch},
        {"buildcache-feature-gone", 5000, true, Reason::expired_branch_cache},
        {"buildcache-feature-gone", 24, false, Reason::too_young},
        {"pr-image-staging-17-amd64", 25, true, Reason::abandoned_staging},
        {"pr-image-staging-17-amd64", 23, false, Reason::too_young},
        {"pr-image-cleanup-17", 1, false, Reason::no_journal},
        {branch_cache_ref("main#").insert(0, "buildcache-"), 5000, true, Reason::expired_branch_cache},
    }));
    CAPTURE(row.tag, row.hours);
    Shelf shelf = usual();
    shelf.image("it", {row.tag}, row.hours);
    const Decision decision = shelf.decision("it");
    CHECK(decision.goes == row.goes);
    CHECK(to_string(decision.reason) == to_string(row.reason));
}

TEST_CASE("a run about one pull request touches nothing of another") {
    Shelf shelf = usual();
    shelf.policy.only = PullRequestNumber::parse("7").value();
    shelf.pull_request(6, false);
    shelf.image("ours", {"pr-7-abc1234"});
    shelf.image("other", {"pr-6-abc1234"});
    shelf.image("staging", {"pr-image-staging-1"}, 500);
    shelf.image("cache", {"buildcache-feature-gone"}, 500);
    CHECK(shelf.goes("ours"));
    for (const char* name : {"other", "staging", "cache"}) {
        CAPTURE(name);
        CHECK(shelf.decision(name).reason == Reason::out_of_scope);
    }
}

TEST_CASE("what was closed within the retention stays, and so does what nobody knows when") {
    Shelf shelf = usual();
    shelf.policy.pr_retention = hours(24);
    shelf.pull_request(1, false, 23);
    shelf.pull_request(2, false, 24);
    shelf.pull_request(3, false, std::nullopt);
    shelf.image("young", {"pr-1-abc1234"});
    shelf.image("old", {"pr-2-abc1234"});
    shelf.image("undated", {"pr-3-abc1234"});
    CHECK(shelf.decision("young").reason == Reason::recently_closed);
    CHECK(shelf.goes("old"));
    CHECK(shelf.decision("undated").reason == Reason::unknown_pull_request);
}

TEST_CASE("keep leaves the newest pushes of an open pull request, with all their variants") {
    Shelf shelf = usual();
    shelf.policy.keep = 2;
    shelf.image("1", {"pr-8-aaaaaa1"}, 50);
    shelf.image("1 dev", {"pr-8-aaaaaa1-dev"}, 49);
    shelf.image("2", {"pr-8-aaaaaa2"}, 40);
    shelf.image("3", {"pr-8-aaaaaa3"}, 30);
    shelf.image("3 dev", {"pr-8-aaaaaa3-dev"}, 29);
    shelf.image("moving", {"pr-8-dev"}, 99);
    shelf.image("bare", {"pr-8"}, 99);
    CHECK(shelf.decision("1").reason == Reason::superseded_push);
    CHECK(shelf.goes("1 dev"));
    for (const char* name : {"2", "3", "3 dev", "moving", "bare"}) {
        CAPTURE(name);
        CHECK(shelf.decision(name).reason == Reason::open_pull_request);
    }
}

TEST_CASE("the current head of an open pull request stays, however many newer images there are") {
    // A push back to an older commit builds nothing, so the newest image is another commit's.
    const std::string head = "aaaaaa1" + std::string(33, '0');
    Shelf shelf = usual();
    shelf.policy.keep = 1;
    shelf.pull_request(8, true, {}, head);
    shelf.image("head", {"pr-8-" + head}, 50);
    shelf.image("head, short", {"pr-8-aaaaaa1"}, 50);
    shelf.image("head, variant", {"pr-8-aaaaaa1-dev"}, 60);
    shelf.image_of(8, "head, by its label", {"pr-8-bbbbbb1"}, 45, head);
    shelf.image_of(8, "head, by run", {"pr-8-17012345678-1"}, 44, head);
    shelf.image_of(8, "older", {"pr-8-bbbbbb2"}, 40, std::string(40, 'b'));
    shelf.image("older, no label", {"pr-8-bbbbbb3"}, 40);
    shelf.image("newest", {"pr-8-bbbbbb4"}, 30);
    for (const char* name : {"head", "head, short", "head, variant", "head, by its label", "head, by run"}) {
        CAPTURE(name);
        CHECK(shelf.decision(name).reason == Reason::current_head);
    }
    CHECK(shelf.why("head") == "it is the current head of pull request 8, which is open");
    CHECK(shelf.goes("older"));
    CHECK(shelf.goes("older, no label"));
    CHECK(shelf.decision("newest").reason == Reason::open_pull_request);
}

TEST_CASE("without knowing the head nothing of an open pull request is superseded") {
    Shelf shelf = usual();
    shelf.policy.keep = 1;
    shelf.image("old", {"pr-8-bbbbbb1"}, 50);
    shelf.image("new", {"pr-8-bbbbbb2"}, 30);
    CHECK(shelf.goes("old"));
    shelf.pull_request(8, true, {}, "");
    CHECK(shelf.decision("old").reason == Reason::open_pull_request);
    // Nor is an image whose label could be the head's and cannot be read.
    shelf.pull_request(8, true);
    shelf.list("unread", {"pr-8-bbbbbb0"}, 60);
    CHECK_FALSE(shelf.goes("unread"));
    shelf.inventory.read(shelf.node("unread"),
                         {.type = ManifestType::oci_image, .config = Shelf::digest("c")}, 1);
    CHECK_FALSE(shelf.goes("unread"));
    CHECK(shelf.select().needs.configs == std::vector<Digest>{Shelf::digest("c")});
    shelf.inventory.read_config(Shelf::digest("c"), std::nullopt);
    CHECK(shelf.decision("unread").reason == Reason::label_unread);
}

TEST_CASE("the current head of a living branch stays, however many newer images there are") {
    Shelf shelf = usual();
    shelf.repository.branch_heads["feature/living"] = "aaaaaa1" + std::string(33, '0');
    shelf.image("head", {"feature-living-aaaaaa1"}, 300, "feature/living");
    shelf.image("newer", {"feature-living-aaaaaa2"}, 250, "feature/living");
    shelf.image("old", {"feature-living-aaaaaa3"}, 400, "feature/living");
    CHECK(shelf.decision("head").reason == Reason::newest_of_branch);
    CHECK(shelf.decision("newer").reason == Reason::newest_of_branch);
    CHECK(shelf.goes("old"));
}

TEST_CASE("pushes of the same second count as equally new") {
    Shelf shelf = usual();
    shelf.policy.keep = 1;
    shelf.image("1", {"pr-8-aaaaaa1"}, 30);
    shelf.image("2", {"pr-8-aaaaaa2"}, 30);
    CHECK_FALSE(shelf.goes("1"));
    CHECK_FALSE(shelf.goes("2"));
}

TEST_CASE(
    "a branch's image goes only with the label that proves it, and never the newest of a branch that lives") {
    Shelf shelf = usual();
    shelf.image("gone", {"feature-gone-abc1234"}, 200, "feature/gone");
    shelf.image("gone, young", {"feature-gone-abc1235"}, 100, "feature/gone");
    shelf.image("living 1", {"feature-living-aaaaaa1"}, 300, "feature/living");
    shelf.image("living 2", {"feature-living-aaaaaa2"}, 250, "feature/living");
    shelf.image("living 2 dev", {"feature-living-aaaaaa2-dev"}, 260, "feature/living");
    shelf.image("somebody's", {"nightly-abcdef1"}, 900);
    shelf.image("liar", {"backup-abcdef1"}, 900, "feature/gone");
    CHECK(shelf.decision("gone").reason == Reason::expired_branch_image);
    CHECK(shelf.decision("gone").goes);
    CHECK(shelf.decision("gone, young").reason == Reason::too_young);
    CHECK(shelf.goes("living 1"));
    CHECK(shelf.decision("living 2").reason == Reason::newest_of_branch);
    CHECK(shelf.decision("living 2 dev").reason == Reason::newest_of_branch);
    CHECK(shelf.decision("somebody's").reason == Reason::not_our_branch_image);
    CHECK(shelf.decision("liar").reason == Reason::not_our_branch_image);
}

TEST_CASE("a younger image of a living branch lets the older ones go") {
    Shelf shelf = usual();
    shelf.image("old", {"feature-living-aaaaaa1"}, 300, "feature/living");
    shelf.image("young", {"feature-living-aaaaaa2"}, 2, "feature/living");
    CHECK(shelf.goes("old"));
    CHECK_FALSE(shelf.goes("young"));
}

TEST_CASE("branches that could not be listed count as living") {
    Shelf shelf = usual();
    shelf.repository.branches.reset();
    shelf.image("gone", {"feature-gone-abc1234"}, 200, "feature/gone");
    shelf.image("cache", {"buildcache-feature-gone"}, 200);
    CHECK(shelf.decision("gone").reason == Reason::branches_unknown);
    CHECK(shelf.decision("cache").reason == Reason::branches_unknown);
}

TEST_CASE("globs of the workflow protect a pull request's own tags, the default ones do not") {
    Shelf shelf = usual();
    shelf.image("py", {"pr-7-abc1234-py3.11.4"});
    CHECK(shelf.goes("py"));
    shelf.policy.protected_tags = {"*-py*"};
    shelf.policy.protects_pull_requests = true;
    CHECK(shelf.decision("py").reason == Reason::protected_tag);
}

TEST_CASE("a version with a kept tag loses only the tags that go") {
    Shelf shelf = usual();
    shelf.image("promoted", {"pr-7-abc1234", "pr-7-def5678", "v3.0.0", "pr-8-abc1234"});
    const Deletions deletions = shelf.select();
    CHECK_FALSE(deletions.goes(shelf.node("promoted")));
    REQUIRE(deletions.untags.size() == 2);
    CHECK(deletions.untags[0].tag == "pr-7-abc1234");
    CHECK(deletions.untags[1].tag == "pr-7-def5678");
}

TEST_CASE("children go with their index unless something that stays refers to them") {
    Shelf shelf = usual();
    shelf.image("base");
    shelf.image("own");
    shelf.image("attestation");
    shelf.image("shared by pull requests");
    shelf.index("closed", {"base", "own", "attestation", "shared by pull requests"}, {"pr-7-abc1234"});
    shelf.index("open", {"shared by pull requests"}, {"pr-8-abc1234"});
    shelf.index("release index", {"base"}, {"v2.0.0"});
    CHECK(shelf.goes("closed"));
    CHECK(shelf.decision("own").reason == Reason::child);
    CHECK(shelf.goes("attestation"));
    CHECK(shelf.decision("base").reason == Reason::shared);
    CHECK(shelf.why("base") == "v2.0.0 refers to it");
    CHECK(shelf.decision("shared by pull requests").reason == Reason::shared);
}

TEST_CASE("two commits of one closed pull request that share a child both go, and the child with them") {
    Shelf shelf = usual();
    shelf.image("child");
    shelf.index("1", {"child"}, {"pr-7-aaaaaa1"});
    shelf.index("2", {"child"}, {"pr-7-aaaaaa2"});
    CHECK(shelf.goes("child"));
}

TEST_CASE("nested indexes are walked on both sides") {
    Shelf shelf = usual();
    shelf.image("leaf");
    shelf.image("kept leaf");
    shelf.index("inner", {"leaf", "kept leaf"});
    shelf.index("outer", {"inner"}, {"pr-7-abc1234"});
    shelf.index("kept inner", {"kept leaf"});
    shelf.index("kept outer", {"kept inner"}, {"v2.0.0"});
    CHECK(shelf.goes("inner"));
    CHECK(shelf.goes("leaf"));
    CHECK_FALSE(shelf.goes("kept leaf"));
    CHECK_FALSE(shelf.goes("kept inner"));
}

TEST_CASE("a pull request's image that a kept index is made of stays, without its tag") {
    Shelf shelf = usual();
    shelf.image("amd64", {"pr-7-abc1234-amd64"});
    shelf.index("release index", {"amd64"}, {"v2.0.0"});
    const Deletions deletions = shelf.select();
    CHECK(deletions.decisions[shelf.node("amd64")].reason == Reason::shared);
    REQUIRE(deletions.untags.size() == 1);
    CHECK(deletions.untags[0].tag == "pr-7-abc1234-amd64");
}

TEST_CASE("signatures, attestations and bills of materials go with their subject, and theirs with them") {
    Shelf shelf = usual();
    shelf.image("closed", {"pr-7-abc1234"});
    shelf.image("sig", {"sha256-" + std::string(Shelf::digest("closed").hex()) + ".sig"});
    shelf.image("sig of sig", {"sha256-" + std::string(Shelf::digest("sig").hex()) + ".sig"});
    shelf.image("listed");
    shelf.index("fallback", {"listed"}, {"sha256-" + std::string(Shelf::digest("closed").hex())});
    shelf.image("release's", {"sha256-" + std::string(Shelf::digest("release").hex()) + ".sbom"});
    shelf.image("orphan", {"sha256-" + std::string(64, 'f') + ".att"});
    for (const char* name : {"closed", "sig", "sig of sig", "fallback", "listed"}) {
        CAPTURE(name);
        CHECK(shelf.goes(name));
    }
    CHECK(shelf.why("sig") == "it belongs to pr-7-abc1234, which is deleted");
    CHECK(shelf.decision("release's").reason == Reason::subject_stays);
    CHECK(shelf.decision("orphan").reason == Reason::subject_absent);
}

TEST_CASE("a referrer whose subject stays keeps what it consists of") {
    Shelf shelf = usual();
    shelf.image("listed");
    shelf.index("fallback", {"listed"}, {"sha256-" + std::string(Shelf::digest("release").hex())});
    shelf.index("closed", {"listed"}, {"pr-7-abc1234"});
    CHECK(shelf.goes("closed"));
    CHECK_FALSE(shelf.goes("listed"));
}

TEST_CASE("leftovers go only when they are asked for, old and without a reference") {
    Shelf shelf = usual();
    shelf.image("old", {}, 200);
    shelf.image("young", {}, 100);
    shelf.image("child of young index", {}, 300);
    shelf.index("young index", {"child of young index"}, {}, 3);
    shelf.image("child of release", {}, 300);
    shelf.index("release index", {"child of release"}, {"v2.0.0"}, 300);
    CHECK(shelf.decision("old").reason == Reason::untagged_rule_off);
    shelf.policy.untagged = days(7);
    CHECK(shelf.decision("old").reason == Reason::leftover);
    CHECK(shelf.goes("old"));
    CHECK(shelf.decision("young").reason == Reason::too_young);
    CHECK(shelf.decision("child of young index").reason == Reason::shared);
    CHECK(shelf.decision("child of release").reason == Reason::shared);
    shelf.policy.only = PullRequestNumber::parse("7").value();
    CHECK_FALSE(shelf.goes("old"));
}

TEST_CASE("nothing goes before everything that stays has been read") {
    Shelf shelf = usual();
    shelf.image("closed", {"pr-7-abc1234"});
    shelf.list("unread release", {"v9.0.0"});
    const Deletions deletions = shelf.select();
    CHECK(deletions.needs.manifests == std::vector<NodeId>{shelf.node("unread release")});
    CHECK_FALSE(deletions.goes(shelf.node("closed")));
}

TEST_CASE("nothing has to be read when nothing can go") {
    Shelf shelf = usual();
    shelf.list("unread release", {"v9.0.0"});
    shelf.list("unread open", {"pr-8-abc1234"});
    shelf.list("unread leftover");
    CHECK(shelf.select().needs.empty());
}

TEST_CASE("untagged manifests are read only where one may be a referrer of what goes") {
    Shelf shelf = usual();
    shelf.image("closed", {"pr-7-abc1234"}, 5);
    shelf.list("older leftover", {}, 6);
    CHECK(shelf.select().needs.empty());
    shelf.list("as old", {}, 5);
    shelf.list("younger", {}, 4);
    const std::vector<NodeId> possible{shelf.node("as old"), shelf.node("younger")};
    CHECK(shelf.select().needs.manifests == possible);
    shelf.policy.untagged = days(7);
    CHECK(shelf.select().needs.manifests.size() == 3);
}

TEST_CASE("what stays and cannot be read holds back everything, and is named") {
    Shelf shelf = usual();
    shelf.image("closed", {"pr-7-abc1234"});
    shelf.list("broken", {"v9.0.0"});
    shelf.inventory.read(shelf.node("broken"), Reading::unreadable);
    CHECK(shelf.decision("closed").reason == Reason::unproven);
    CHECK(shelf.why("closed") == "it cannot be proven that nothing refers to it: v9.0.0 could not be read");
}

TEST_CASE("a kept version whose manifest is missing holds back only while it may still appear") {
    Shelf shelf = usual();
    shelf.image("closed", {"pr-7-abc1234"});
    shelf.list("appearing", {"v9.0.0"}, 0);
    shelf.inventory.read(shelf.node("appearing"), Reading::missing);
    CHECK(shelf.decision("closed").reason == Reason::unproven);
    Shelf later = usual();
    later.image("closed", {"pr-7-abc1234"});
    later.list("lost", {"v9.0.0"}, 48);
    later.inventory.read(later.node("lost"), Reading::missing);
    CHECK(later.goes("closed"));
}

TEST_CASE("an index of a pull request cannot hide what a release's index consists of") {
    // The pull request's index calls the release's inner index an image, which would have no children.
    Shelf shelf = usual();
    shelf.image("leaf");
    shelf.list("inner");
    shelf.index("liar", {"inner", "leaf"}, {"pr-7-abc1234"});
    shelf.list("outer", {"v9.0.0"});
    shelf.inventory.read(shelf.node("outer"),
                         {.type = ManifestType::oci_index,
                          .children = {{Shelf::digest("inner"), ManifestType::oci_index, 900, true}}},
                         900);
    const Deletions deletions = shelf.select();
    CHECK(deletions.needs.manifests == std::vector<NodeId>{shelf.node("inner")});
    shelf.inventory.read(shelf.node("inner"),
                         {.type = ManifestType::oci_index,
                          .children = {{Shelf::digest("leaf"), ManifestType::oci_image, 500, true}}},
                         900);
    CHECK(shelf.goes("liar"));
    CHECK_FALSE(shelf.goes("leaf"));
    CHECK_FALSE(shelf.goes("inner"));
}

TEST_CASE("what the registry refuses to delete stays, with everything that it consists of") {
    Shelf shelf = usual();
    shelf.image("child");
    shelf.index("popular", {"child"}, {"pr-7-abc1234"});
    shelf.inventory.refuse(shelf.node("popular"));
    CHECK(shelf.decision("popular").reason == Reason::refused);
    CHECK_FALSE(shelf.goes("child"));
}

TEST_CASE("where only tags are listed, children count as there until the registry says otherwise") {
    Shelf shelf(false);
    shelf.pull_request(7, false);
    shelf.inventory.list(
        {.id = 0, .digest = Shelf::digest("closed"), .tags = {"pr-7-abc1234"}, .created = {}, .touched = {}});
    shelf.inventory.read(shelf.node("closed"),
                         {.type = ManifestType::oci_index,
                          .children = {{Shelf::digest("child"), ManifestType::oci_image, 500, true},
                                       {Shelf::digest("missing"), ManifestType::oci_image, 500, true}}},
                         900);
    Deletions deletions = shelf.select();
    CHECK(deletions.needs.manifests.size() == 2);
    shelf.inventory.read(shelf.node("child"), {.type = ManifestType::oci_image}, 500);
    shelf.inventory.read(shelf.node("missing"), Reading::missing);
    deletions = shelf.select();
    CHECK(deletions.needs.empty());
    CHECK(deletions.goes(shelf.node("child")));
    CHECK_FALSE(deletions.goes(shelf.node("missing")));
}

TEST_CASE("a circle of references ends the walk, not the program") {
    Shelf shelf = usual();
    shelf.index("a", {"b"}, {"pr-7-abc1234"});
    shelf.index("b", {"a"});
    CHECK(shelf.goes("a"));
    CHECK(shelf.goes("b"));
    shelf.image("mutual", {"sha256-" + std::string(Shelf::digest("mutual").hex()) + ".sig"});
    CHECK_FALSE(shelf.goes("mutual"));
}

}  // namespace pr_image::plan::cleanup::tests
