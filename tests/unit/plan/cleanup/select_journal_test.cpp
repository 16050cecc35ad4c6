// Whoever may push can put a tag `pr-image-cleanup-…` on anything, and can write a journal. Neither may widen
// what a clean-up deletes.

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

const std::string kTag = "pr-image-cleanup-17-1-abcd";

/// Pull request 7 is closed, 8 and 99 are open; a nightly run with every rule on but `untagged`.
Shelf usual() {
    Shelf shelf;
    shelf.pull_request(7, false);
    shelf.pull_request(8, true);
    shelf.pull_request(99, true);
    shelf.repository.branches = std::vector<std::string>{"main", "feature/living"};
    shelf.policy.branch_retention = days(7);
    shelf.image("release", {"v1.2.3", "latest"}, 1000);
    return shelf;
}

Shelf about_seven() {
    Shelf shelf = usual();
    shelf.policy.only = PullRequestNumber::parse("7").value();
    return shelf;
}

std::string signature_of(const std::string& name) {
    return referrer_tag(Shelf::digest(name), ".sig");
}

}  // namespace

TEST_CASE("a journal's tag on what is no journal makes nothing go, and leads nowhere") {
    const bool one = GENERATE(false, true);
    struct Row {
        std::string what;
        std::vector<std::string> tags;
        int hours;
    };
    const Row row = GENERATE(values<Row>({
        {"an open pull request's image", {"pr-99-abc1234", kTag}, 50},
        {"a branch's cache", {"buildcache-feature-living", kTag}, 5000},
        {"a branch's image", {"feature-living-abc1234", kTag}, 5000},
        {"today's staging part", {"pr-image-staging-17-linux-amd64", kTag}, 1},
        {"a release's signature", {signature_of("release"), kTag}, 5000},
        {"somebody's image", {"prod", kTag}, 5000},
        {"an untagged image that is used by digest", {kTag}, 5000},
    }));
    const std::string kind = GENERATE("image", "index", "journal under another name");
    CAPTURE(one, row.what, kind);
    Shelf shelf = one ? about_seven() : usual();
    shelf.image("used by digest", {}, 5000);
    shelf.image("of 99", {}, 50);
    if (kind == "image") {
        shelf.image("it", row.tags, row.hours, "feature/living");
    } else if (kind == "index") {
        shelf.index("it", {"used by digest", "of 99"}, row.tags, row.hours);
    } else {
        shelf.journal("it", {"used by digest", "of 99"}, "pr-image-cleanup-other", row.tags, row.hours);
    }
    shelf.image("closed", {"pr-7-abc1234"});
    CHECK(shelf.goes("closed"));
    CHECK_FALSE(shelf.goes("it"));
    CHECK_FALSE(shelf.goes("used by digest"));
    CHECK_FALSE(shelf.goes("of 99"));
    for (const Untag& untag : shelf.select().untags)
        CHECK(untag.tag != row.tags.front());
}

TEST_CASE("a tag whose manifest nobody has read yet makes nothing go") {
    Shelf shelf = about_seven();
    shelf.list("it", {kTag, "pr-99-abc1234"});
    CHECK(shelf.select().needs.manifests == std::vector<NodeId>{shelf.node("it")});
    CHECK_FALSE(shelf.goes("it"));
    shelf.inventory.read(shelf.node("it"), Reading::unreadable);
    CHECK_FALSE(shelf.goes("it"));
}

TEST_CASE("a journal that anybody could have written names only what the policy lets go anyhow") {
    const bool one = GENERATE(false, true);
    struct Row {
        std::string what;
        int number;  ///< of the label; 0: none
        std::string branch;
        std::string head;
        int hours;
        bool goes;
        bool goes_for_one;
    };
    const Row row = GENERATE(values<Row>({
        {"the closed pull request's", 7, "", "", 5, true, true},
        {"an open one's", 99, "", std::string(40, 'f'), 5000, false, false},
        {"one's that nobody knows", 12, "", "", 5000, false, false},
        {"an old branch's", 0, "feature/gone", "", 200, true, false},
        {"a living branch's young one", 0, "feature/living", "", 100, false, false},
        {"used by digest, without labels", 0, "", "", 5000, false, false},
    }));
    CAPTURE(one, row.what);
    Shelf shelf = one ? about_seven() : usual();
    shelf.repository.unknown.insert(PullRequestNumber::parse("12").value());
    if (row.number != 0) {
        shelf.image_of(row.number, "it", {}, row.hours, row.head);
    } else {
        shelf.image("it", {}, row.hours, row.branch);
    }
    shelf.journal("journal", {"it"}, kTag, {kTag});
    CHECK(shelf.goes("it") == (one ? row.goes_for_one : row.goes));
    CHECK(shelf.goes("journal") == (one ? row.goes_for_one : row.goes));
}

TEST_CASE(
    "a journal takes nothing that has a tag, that something kept refers to, or that is a referrer of it") {
    Shelf shelf = about_seven();
    shelf.image_of(7, "tagged");
    shelf.list("tagged", {"prod"});
    shelf.image_of(7, "open pull request's", {"pr-99-abc1234"});
    shelf.image_of(7, "cache", {"buildcache-main"});
    shelf.image_of(7, "child of a release");
    shelf.index("release index", {"child of a release"}, {"v2.0.0"});
    shelf.image_of(7, "signature", {signature_of("release")});
    shelf.image_of(7, "orphan", {referrer_tag(Shelf::digest("nowhere"), ".sig")});
    shelf.referrer("untagged referrer", "release");
    shelf.journal("journal",
                  {"tagged", "open pull request's", "cache", "child of a release", "signature", "orphan",
                   "untagged referrer"},
                  kTag, {kTag});
    for (const char* name : {"tagged", "open pull request's", "cache", "child of a release", "signature",
                             "orphan", "untagged referrer"}) {
        CAPTURE(name);
        CHECK_FALSE(shelf.goes(name));
    }
    CHECK(shelf.decision("journal").reason == Reason::needed_by_cleanup);
}

TEST_CASE("an index that a journal lists takes its parts along only as far as their own labels say so") {
    Shelf shelf = about_seven();
    shelf.image_of(7, "bait");
    shelf.image("used by digest", {}, 5000);
    shelf.index("index", {"bait", "used by digest"});
    shelf.journal("journal", {"index", "bait"}, kTag, {kTag});
    CHECK(shelf.goes("index"));
    CHECK(shelf.goes("bait"));
    CHECK_FALSE(shelf.goes("used by digest"));
}

TEST_CASE("this run's own journal is believed") {
    Shelf shelf = about_seven();
    shelf.image("left");
    shelf.image("orphan", {referrer_tag(Shelf::digest("gone"), ".sig")});
    shelf.journal("journal", {"left", "orphan"}, kTag, {kTag});
    CHECK_FALSE(shelf.goes("left"));
    shelf.list("gone");
    shelf.inventory.remove(shelf.node("gone"));
    shelf.inventory.trust_journal(shelf.node("journal"));
    CHECK(shelf.goes("left"));
    CHECK(shelf.goes("orphan"));
    CHECK(shelf.goes("journal"));
}

TEST_CASE("a journal leads to what an earlier clean-up left, but not to what is needed again") {
    Shelf shelf = usual();
    shelf.image_of(7, "left");
    shelf.image_of(7, "needed again");
    shelf.index("release index", {"needed again"}, {"v2.0.0"});
    shelf.journal("journal", {"left", "needed again", "gone already"}, kTag, {kTag}, 2);
    CHECK(shelf.select().needs.manifests == std::vector<NodeId>{shelf.node("gone already")});
    shelf.inventory.read(shelf.node("gone already"), Reading::missing);
    CHECK(shelf.decision("left").reason == Reason::unfinished_cleanup);
    CHECK(shelf.goes("left"));
    CHECK_FALSE(shelf.goes("needed again"));
    CHECK(shelf.decision("journal").reason == Reason::needed_by_cleanup);
}

TEST_CASE("an attestation that a journal lists goes with its image and not without it") {
    Shelf shelf = about_seven();
    shelf.image_of(7, "image");
    shelf.image_of(99, "open image");
    shelf.image("runnable");
    for (const char* name : {"attestation", "open attestation"}) {
        shelf.list(name);
        shelf.inventory.read(shelf.node(name), {.type = ManifestType::oci_image, .attestation = true}, 400);
    }
    shelf.list("journal", {kTag});
    const auto entry = [](const std::string& name, const std::string& attested) {
        Descriptor descriptor{Shelf::digest(name), ManifestType::oci_image, 400, attested.empty()};
        if (!attested.empty()) descriptor.attested = Shelf::digest(attested);
        return descriptor;
    };
    shelf.inventory.read(
        shelf.node("journal"),
        {.type = ManifestType::oci_index,
         .children = {entry("image", ""), entry("open image", ""), entry("attestation", "image"),
                      entry("open attestation", "open image"), entry("runnable", "image")},
         .journal = JournalMark{.tag = kTag, .created = Shelf::kNow}},
        900);
    CHECK(shelf.goes("image"));
    CHECK(shelf.goes("attestation"));
    CHECK_FALSE(shelf.goes("open image"));
    CHECK_FALSE(shelf.goes("open attestation"));
    // Only what is an attestation by its own content.
    CHECK_FALSE(shelf.goes("runnable"));
}

TEST_CASE("a pull request that only labels name is asked for, if this run is about it") {
    Shelf shelf = usual();
    shelf.image_of(12, "it");
    shelf.journal("journal", {"it"}, kTag, {kTag});
    CHECK(shelf.select().needs.pull_requests ==
          std::vector<PullRequestNumber>{PullRequestNumber::parse("12").value()});
    shelf.policy.only = PullRequestNumber::parse("7").value();
    CHECK(shelf.select().needs.empty());
    shelf.policy.only.reset();
    shelf.pull_request(12, false);
    CHECK(shelf.goes("it"));
}

TEST_CASE("a superseded push that a journal lists goes while its pull request is open, under keep alone") {
    Shelf shelf = usual();
    shelf.image_of(8, "old", {}, 5, std::string(40, 'b'));
    shelf.image_of(8, "head", {}, 5, std::string(40, 'f'));
    shelf.image_of(8, "unknown", {}, 5);
    shelf.journal("journal", {"old", "head", "unknown"}, kTag, {kTag});
    CHECK_FALSE(shelf.goes("old"));
    shelf.policy.keep = 1;
    CHECK(shelf.goes("old"));
    CHECK_FALSE(shelf.goes("head"));
    CHECK_FALSE(shelf.goes("unknown"));
    shelf.pull_request(8, true, {}, "");
    CHECK_FALSE(shelf.goes("old"));
}

TEST_CASE("a journal goes when its work is done, or when no clean-up can be at it any more") {
    Shelf done = usual();
    done.journal("journal", {"gone already"}, kTag, {kTag}, 2);
    CHECK_FALSE(done.goes("journal"));
    done.inventory.read(done.node("gone already"), Reading::missing);
    CHECK(done.goes("journal"));
    const auto [age, goes] = GENERATE(table<std::chrono::seconds, bool>({
        {hours(24) - std::chrono::seconds(1), false},
        {hours(24), true},
        {hours(24) + std::chrono::seconds(1), true},
    }));
    CAPTURE(age.count());
    const bool dated = GENERATE(true, false);
    for (const char* what : {"needed again", "nobody's"}) {
        CAPTURE(what, dated);
        Shelf stale = usual();
        stale.image("needed again");
        stale.image("nobody's");
        stale.index("release index", {"needed again"}, {"v2.0.0"});
        const Timestamp created = Shelf::kNow - age;
        stale.inventory.list({.id = 1,
                              .digest = Shelf::digest("journal"),
                              .tags = {kTag},
                              .created = dated ? std::optional(created) : std::nullopt,
                              .touched = {}});
        stale.inventory.read(stale.node("journal"),
                             {.type = ManifestType::oci_index,
                              .children = {{Shelf::digest(what), ManifestType::oci_image, 500, true}},
                              .journal = JournalMark{.tag = kTag, .created = dated ? Shelf::kNow : created}},
                             900);
        CHECK(stale.goes("journal") == goes);
        CHECK_FALSE(stale.goes(what));
    }
}

TEST_CASE("a journal waits for a manifest that the list overlooked") {
    Shelf shelf = usual();
    shelf.journal("journal", {"overlooked"}, kTag, {kTag});
    shelf.read_image("overlooked");
    CHECK_FALSE(shelf.goes("journal"));
}

TEST_CASE("a run about one pull request leaves a journal of others' alone, however old") {
    Shelf shelf = about_seven();
    shelf.image("nobody's");
    shelf.journal("journal", {"nobody's"}, kTag, {kTag}, 500);
    CHECK_FALSE(shelf.goes("journal"));
    shelf.policy.only.reset();
    CHECK(shelf.goes("journal"));
}

TEST_CASE("tags that a clean-up moved onto its journal go with it, whatever their pull request does now") {
    Shelf shelf = usual();
    shelf.journal("journal", {}, kTag, {kTag, "pr-8-abc1234"});
    CHECK(shelf.goes("journal"));
    shelf.journal("tagged by somebody", {}, "pr-image-cleanup-2", {"pr-image-cleanup-2", "prod"});
    CHECK_FALSE(shelf.goes("tagged by somebody"));
}

}  // namespace pr_image::plan::cleanup::tests
