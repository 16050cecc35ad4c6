// What a list does not show may be there all the same, and what refers to an image may have no tag.

#include "plan/cleanup/select.hpp"
#include "plan/names/tag_grammar.hpp"
#include "unit/plan/cleanup/shelf.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup::tests {

namespace {

using std::chrono::days;

Shelf usual() {
    Shelf shelf;
    shelf.pull_request(7, false);
    shelf.pull_request(8, true);
    shelf.image("release", {"v1.2.3", "latest"}, 1000);
    return shelf;
}

std::string signature_of(const std::string& name) {
    return referrer_tag(Shelf::digest(name), ".sig");
}

}  // namespace

TEST_CASE("what a kept index refers to is there, whether the list showed it or not") {
    // A version that is deleted while the list is read moves the others up, and one falls between two pages.
    Shelf shelf = usual();
    shelf.policy.untagged = days(7);
    shelf.index("release index", {"overlooked", "seen"}, {"v2.0.0"}, 900);
    shelf.image("seen", {}, 900);
    shelf.image("signature", {signature_of("overlooked")}, 900);
    shelf.index("attestations", {"listed in it"}, {referrer_tag(Shelf::digest("overlooked"))}, 900);
    shelf.image("listed in it", {}, 900);
    shelf.referrer("untagged referrer", "overlooked", {}, 900);
    shelf.image("orphan", {signature_of("nowhere")}, 900);
    shelf.inventory.read(*shelf.inventory.find(Shelf::digest("nowhere")), Reading::missing);
    shelf.image("closed", {"pr-7-abc1234"}, 900);
    CHECK(shelf.goes("closed"));
    for (const char* name : {"signature", "attestations", "listed in it", "untagged referrer", "seen"}) {
        CAPTURE(name);
        CHECK_FALSE(shelf.goes(name));
    }
    CHECK(shelf.decision("signature").reason == Reason::subject_stays);
    CHECK(shelf.goes("orphan"));
}

TEST_CASE("a subject that no list shows is asked for before its referrer counts as left over") {
    Shelf shelf = usual();
    shelf.policy.untagged = days(7);
    shelf.image("signature", {signature_of("unlisted")}, 900);
    shelf.referrer("untagged", "unlisted too", {}, 900);
    const NodeId first = *shelf.inventory.find(Shelf::digest("unlisted"));
    const NodeId second = *shelf.inventory.find(Shelf::digest("unlisted too"));
    const std::vector<NodeId> subjects{std::min(first, second), std::max(first, second)};
    CHECK(shelf.select().needs.manifests == subjects);
    CHECK_FALSE(shelf.goes("signature"));
    shelf.inventory.read(first, Reading::missing);
    shelf.inventory.read(second, Reading::missing);
    CHECK(shelf.goes("signature"));
    CHECK(shelf.goes("untagged"));
    // The registry has it, or does not say.
    Shelf there = usual();
    there.policy.untagged = days(7);
    there.image("signature", {signature_of("unlisted")}, 900);
    there.read_image("unlisted");
    CHECK_FALSE(there.goes("signature"));
    Shelf silent = usual();
    silent.policy.untagged = days(7);
    silent.image("signature", {signature_of("unlisted")}, 900);
    silent.inventory.read(silent.node("unlisted"), Reading::unreadable);
    CHECK_FALSE(silent.goes("signature"));
}

TEST_CASE("what a closed index refers to and the list does not show is asked for, and cannot go by a list") {
    Shelf shelf = usual();
    shelf.index("closed", {"unlisted", "missing"}, {"pr-7-abc1234"});
    const std::vector<NodeId> unlisted{shelf.node("unlisted"), shelf.node("missing")};
    CHECK(shelf.select().needs.manifests == unlisted);
    shelf.read_image("unlisted");
    shelf.inventory.read(shelf.node("missing"), Reading::missing);
    CHECK(shelf.goes("closed"));
    CHECK_FALSE(shelf.goes("unlisted"));
    CHECK_FALSE(shelf.goes("missing"));
    // Once a list shows it, it goes as a part.
    shelf.list("unlisted");
    CHECK(shelf.goes("unlisted"));
}

TEST_CASE("a version that was listed twice is what the later page says") {
    Shelf shelf = usual();
    shelf.image("moved", {"pr-7-abc1234"});
    shelf.list("moved", {"v3.0.0"});
    CHECK_FALSE(shelf.goes("moved"));
    CHECK(shelf.inventory[shelf.node("moved")].tags == std::vector<std::string>{"v3.0.0"});
}

TEST_CASE("a referrer without a tag goes with its image, and stays with one that stays") {
    const bool untagged = GENERATE(false, true);
    const bool one = GENERATE(false, true);
    CAPTURE(untagged, one);
    Shelf shelf = usual();
    if (untagged) shelf.policy.untagged = days(7);
    if (one) shelf.policy.only = PullRequestNumber::parse("7").value();
    shelf.image("platform");
    shelf.index("closed", {"platform"}, {"pr-7-abc1234"});
    shelf.image("open", {"pr-8-abc1234"});
    shelf.referrer("of the index", "closed");
    shelf.referrer("of the platform", "platform");
    shelf.referrer("of the referrer", "of the index");
    shelf.referrer("of the release", "release");
    shelf.referrer("of the open", "open");
    shelf.referrer("tagged", "closed", {"prod"});
    shelf.referrer("of nothing", "nothing", {}, 900);
    shelf.inventory.read(shelf.node("nothing"), Reading::missing);
    for (const char* name : {"of the index", "of the platform", "of the referrer"}) {
        CAPTURE(name);
        CHECK(shelf.goes(name));
        CHECK(shelf.decision(name).reason == Reason::referrer);
    }
    for (const char* name : {"of the release", "of the open", "tagged"}) {
        CAPTURE(name);
        CHECK_FALSE(shelf.goes(name));
    }
    CHECK(shelf.goes("of nothing") == (untagged && !one));
    CHECK(shelf.why("of the release") == "it belongs to v1.2.3, which stays");
}

TEST_CASE("a referrer of something kept stays, even where a closed index lists it as its part") {
    Shelf shelf = usual();
    shelf.image("shared");
    shelf.index("release index", {"shared"}, {"v2.0.0"});
    shelf.referrer("signature of the release", "release index");
    shelf.referrer("attestation of the shared", "shared", {}, 1, true);
    shelf.referrer("own attestation", "own", {}, 1, true);
    shelf.image("own");
    shelf.index("closed",
                {"shared", "own", "own attestation", "signature of the release", "attestation of the shared"},
                {"pr-7-abc1234"});
    CHECK(shelf.goes("closed"));
    CHECK(shelf.goes("own"));
    CHECK(shelf.goes("own attestation"));
    CHECK_FALSE(shelf.goes("shared"));
    CHECK_FALSE(shelf.goes("signature of the release"));
    CHECK_FALSE(shelf.goes("attestation of the shared"));
}

TEST_CASE("what an index calls an image is read before it goes, for it may be a referrer of something kept") {
    Shelf shelf = usual();
    shelf.index("closed", {"part"}, {"pr-7-abc1234"});
    shelf.list("part");
    CHECK(shelf.select().needs.manifests == std::vector<NodeId>{shelf.node("part")});
    shelf.inventory.read(shelf.node("part"),
                         {.type = ManifestType::oci_image, .subject = Shelf::digest("release")}, 500);
    CHECK_FALSE(shelf.goes("part"));
    CHECK(shelf.decision("part").reason == Reason::subject_stays);
}

}  // namespace pr_image::plan::cleanup::tests
