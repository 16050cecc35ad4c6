// What clean-up sees of a registry and a repository: lists that shift or do not say where they end, answers
// that say less than they seem to, tags and manifests that somebody made to do harm.

#include "commands/cleanup.hpp"
#include "plan/names/tag_grammar.hpp"
#include "unit/commands/cleanup_world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace pr_image;
using commands::CleanupWorld;
using commands::Run;
using fakes::PageLinkStyle;
using Deletion = fakes::PackageServer::Options::Deletion;

namespace {

constexpr text::Timestamp kOld = CleanupWorld::kDaysAgo;
const std::map<std::string, std::string> kSeven{{"dev.pr-image.number", "7"}};

/// A closed pull request's image of two manifests and a release.
struct Closed : CleanupWorld {
    explicit Closed(fakes::PackageServer::Options options = {}) : CleanupWorld(std::move(options)) {
        own = server.push_image("acme/app", "", "own", kOld, kSeven);
        closed = server.push_index("acme/app", "pr-7-abc1234", {own}, kOld);
        release = server.push_image("acme/app", "v1.0.0", "release", kOld);
    }
    [[nodiscard]] std::size_t journals() const {
        const std::vector<std::string> tags = server.api().tags("acme/app");
        return static_cast<std::size_t>(std::ranges::count_if(
            tags, [](const std::string& tag) { return plan::read_tag(tag).kind == plan::TagKind::journal; }));
    }
    std::string own, closed, release;
};

std::string index_of(const std::vector<std::string>& children, const std::string& more = {}) {
    boost::json::array list;
    for (const std::string& child : children)
        list.push_back(
            {{"mediaType", "application/vnd.oci.image.manifest.v1+json"}, {"digest", child}, {"size", 1}});
    return fmt::format(
        R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":{}{}}})",
        boost::json::serialize(list), more);
}

}  // namespace

TEST_CASE("a deletion that is answered 404 while the version is there is one that the token may not do") {
    Closed world;
    world.server.api().add_token("ghs_good", {.delete_packages = false, .refusals_are_404 = true});
    for (int i = 0; i < 3; ++i) {
        const Run run = world.run();
        INFO(run.log);
        CHECK(run.status == 1);
        CHECK(run.outputs.at("deleted") == "0");
        CHECK(run.log.contains("although the version is there"));
        CHECK(run.log.contains("Manage Actions access"));
        CHECK(run.log.contains("packages: write"));
        // Runs that can delete nothing leave one journal, not one each.
        CHECK(world.journals() == 1);
    }
    CHECK(world.server.whole("acme/app", "pr-7-abc1234"));
    world.server.api().add_token("ghs_good", {});
    CHECK(world.run().status == 0);
    CHECK(world.server.api().versions("acme/app").size() == 1);
}

TEST_CASE("a version that is really gone when its deletion is answered 404 counts as deleted") {
    Closed world;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (seen.method == "DELETE") world.server.api().remove_version("acme/app", world.closed);
    });
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.log.contains("it was gone already"));
    CHECK_FALSE(world.has(world.own));
}

TEST_CASE("a version that GitHub will not speak of after a 404 is not counted as deleted") {
    Closed world;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (seen.method == "DELETE" && seen.target.ends_with("/1002"))
            world.server.api().answer_next({.status = 404});
        if (seen.method == "GET" && seen.target.ends_with("/versions/1002"))
            world.server.api().answer_next({.status = 403});
    });
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.outputs.at("deleted") == "0");
    CHECK(world.has(world.own));
}

TEST_CASE("a registry that hides what may not be deleted is not taken for one that deleted it") {
    Closed world({.deletion = Deletion::refused_as_404});
    for (int i = 0; i < 2; ++i) {
        const Run run = world.run({{"cleanup-backend", "oci"}});
        INFO(run.log);
        CHECK(run.status == 1);
        CHECK(run.outputs.at("deleted") == "0");
        CHECK(run.log.contains("the user may not delete it"));
        CHECK(run.log.contains("needs the right to delete"));
        CHECK(world.journals() <= 1);
    }
    CHECK(world.server.whole("acme/app", "pr-7-abc1234"));
}

TEST_CASE("a tag that a registry hides from its deletion is not taken for one that went") {
    CleanupWorld world({.deletion = Deletion::refused_as_404});
    const std::string promoted = world.server.push_image("acme/app", "pr-7-abc1234", "x", kOld);
    world.server.api().push("acme/app", promoted, "v2.0.0", kOld);
    const Run run = world.run({{"cleanup-backend", "oci"}});
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.outputs.at("untagged") == "0");
    CHECK(run.log.contains("the user may not delete it"));
}

TEST_CASE("a registry that deletes is cleaned up, and what was gone already is no failure") {
    Closed world({.deletion = Deletion::allowed});
    const Run run = world.run({{"cleanup-backend", "oci"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK_FALSE(world.has(world.closed));
    CHECK_FALSE(world.has(world.own));
    CHECK(world.journals() == 0);
}

TEST_CASE("every page of every list is read, however the pages name one another") {
    const auto [style, empty] = GENERATE(table<PageLinkStyle, std::size_t>({
        {PageLinkStyle::usual, 0},
        {PageLinkStyle::next_only, 0},
        {PageLinkStyle::none, 0},
        {PageLinkStyle::usual, 2},
        {PageLinkStyle::next_only, 2},
        {PageLinkStyle::next_only, 3},
    }));
    CAPTURE(static_cast<int>(style), empty);
    CleanupWorld world;
    world.event("schedule");
    // The oldest versions are on the last page: a release whose part a closed pull request shares.
    const std::string shared = world.server.push_image("acme/app", "", "shared", kOld);
    world.server.push_index("acme/app", "v1.0.0", {shared}, kOld);
    world.server.push_image("acme/app", "feature-x-abc1234", "branch", kOld,
                            {{"dev.pr-image.branch", "feature/x"}});
    world.server.push_image("acme/app", "feature-gone-abc1234", "gone", kOld,
                            {{"dev.pr-image.branch", "feature/gone"}});
    for (int i = 0; i < 250; ++i)
        world.server.push_image("acme/app", "", fmt::format("filler {}", i), kOld - std::chrono::hours(1));
    // More pull requests than are asked for one by one, the closed one on the last page.
    for (int i = 7; i < 40; ++i)
        world.server.push_index("acme/app", fmt::format("pr-{}-abc1234", i), {shared}, kOld);
    for (std::uint32_t i = 8; i < 300; ++i)
        world.server.api().set_pull_request("acme/app", i, {.open = true});
    std::vector<std::string> branches;
    for (int i = 0; i < 240; ++i)
        branches.push_back(fmt::format("a/{}", i));
    branches.emplace_back("feature/x");
    world.server.api().set_branches("acme/app", branches);
    world.server.api().set_pages(style, empty);
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(world.server.whole("acme/app", "v1.0.0"));
    const std::vector<std::string> tags = world.server.api().tags("acme/app");
    const auto has_tag = [&](const std::string& tag) { return std::ranges::find(tags, tag) != tags.end(); };
    CHECK(has_tag("feature-x-abc1234"));
    CHECK_FALSE(has_tag("feature-gone-abc1234"));
    CHECK_FALSE(has_tag("pr-7-abc1234"));
    CHECK(has_tag("pr-8-abc1234"));
}

TEST_CASE("a list of versions that leads astray is an error, and nothing goes") {
    const PageLinkStyle style =
        GENERATE(PageLinkStyle::elsewhere, PageLinkStyle::circle, PageLinkStyle::skipping);
    CAPTURE(static_cast<int>(style));
    Closed world;
    for (int i = 0; i < 250; ++i)
        world.server.push_image("acme/app", "", fmt::format("filler {}", i), kOld - std::chrono::hours(1));
    world.server.api().set_pages(style);
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.log.contains("Cannot list the versions of acme/app"));
    CHECK(world.requests("DELETE", "") == 0);
    CHECK(world.requests("PUT", "") == 0);
}

TEST_CASE("a list of branches that leads astray takes no branch for gone") {
    const PageLinkStyle style =
        GENERATE(PageLinkStyle::elsewhere, PageLinkStyle::circle, PageLinkStyle::skipping);
    CAPTURE(static_cast<int>(style));
    CleanupWorld world;
    world.event("schedule");
    world.server.push_image("acme/app", "feature-x-abc1234", "branch", kOld,
                            {{"dev.pr-image.branch", "feature/x"}});
    world.server.push_image("acme/app", "buildcache-feature-x", "cache", kOld);
    world.server.push_image("acme/app", "v1.0.0", "release", kOld);
    std::vector<std::string> branches;
    for (int i = 0; i < 240; ++i)
        branches.push_back(fmt::format("a/{}", i));
    world.server.api().set_branches("acme/app", branches);
    world.server.api().set_pages(style);
    const Run run = world.run();
    INFO(run.log);
    CHECK(world.server.api().tags("acme/app").size() == 3);
    CHECK(world.requests("DELETE", "") == 0);
}

TEST_CASE("a list that shifts between two pages loses nothing that a release needs") {
    // What is deleted on the first page moves a version from the second to the first, which is read already.
    const bool untagged = GENERATE(false, true);
    CAPTURE(untagged);
    CleanupWorld world;
    const auto old = kOld - std::chrono::hours(10);
    world.event("schedule");
    std::vector<std::string> fillers;
    const std::string part = [&] {
        // Newest first: 99 younger ones and the one that is deleted fill the first page before it.
        std::string made = world.server.push_image("acme/app", "", "platform", old);
        world.server.push_referrer("acme/app", plan::referrer_tag(*Digest::parse(made), ".sig"), made, kOld);
        world.server.push_index("acme/app", "v1.0.0", {made}, kOld);
        world.server.push_image("acme/app", "pr-7-abc1234", "closed", kOld);
        return made;
    }();
    const std::size_t after = 3;
    for (std::size_t i = 0; i + after < 100; ++i)
        fillers.push_back(world.server.push_image("acme/app", "", fmt::format("filler {}", i), kOld));
    bool shifted = false;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (shifted || !seen.target.contains("/versions?") || !seen.target.contains("page=2")) return;
        shifted = true;
        world.server.api().remove_version("acme/app", fillers.back());
    });
    const Run run = world.run({{"untagged", untagged ? "7d" : "off"}, {"concurrency", "1"}});
    INFO(run.log);
    CHECK(shifted);
    CHECK(run.status == 0);
    CHECK(world.server.whole("acme/app", "v1.0.0"));
    CHECK_FALSE(
        world.server.api().digest_of("acme/app", plan::referrer_tag(*Digest::parse(part), ".sig")).empty());
    CHECK(world.server.api().digest_of("acme/app", "pr-7-abc1234").empty());
}

TEST_CASE("a closed image's part that the list overlooked is listed again, and goes with it") {
    CleanupWorld world;
    world.server.push_image("acme/app", "v1.0.0", "release", kOld);
    const std::string part = world.server.push_image("acme/app", "", "part", kOld);
    world.server.push_index("acme/app", "pr-7-abc1234", {part}, kOld);
    std::vector<std::string> fillers;
    for (int i = 0; i < 99; ++i)
        fillers.push_back(world.server.push_image("acme/app", "", fmt::format("filler {}", i),
                                                  kOld - std::chrono::hours(1)));
    bool shifted = false;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (shifted || !seen.target.contains("/versions?") || !seen.target.contains("page=2")) return;
        shifted = true;
        world.server.api().remove_version("acme/app", fillers.back());
    });
    const Run run = world.run({{"concurrency", "1"}});
    INFO(run.log);
    CHECK(shifted);
    CHECK(run.status == 0);
    CHECK_FALSE(world.has(part));
}

TEST_CASE("keep leaves the image of an open pull request's current head after a push back to it") {
    CleanupWorld world;
    world.event("schedule");
    const std::string head(40, 'a');
    world.server.api().set_pull_request("acme/app", 8, {.open = true, .head_sha = head});
    world.server.push_image("acme/app", "pr-8-" + head, "head", kOld);
    world.server.push_image("acme/app", "pr-8-" + std::string(40, 'b'), "old", kOld + std::chrono::hours(1));
    world.server.push_image("acme/app", "pr-8-" + std::string(40, 'c'), "newest",
                            kOld + std::chrono::hours(2));
    world.server.push_image("acme/app", "v1.0.0", "release", kOld);
    const Run run = world.run({{"keep", "1"}});
    INFO(run.log);
    CHECK(run.status == 0);
    const std::vector<std::string> left{"pr-8-" + head, "pr-8-" + std::string(40, 'c'), "v1.0.0"};
    CHECK(world.server.api().tags("acme/app") == left);
}

TEST_CASE(
    "a token that may not see the event's pull request is said to, and believed in the first attempt alone") {
    const bool hidden = GENERATE(false, true);
    CAPTURE(hidden);
    Closed world;
    world.server.api().add_token("ghs_good", {.see_pull_requests = hidden, .pull_requests_are_404 = hidden});
    world.variables["GITHUB_RUN_ATTEMPT"] = "2";
    const Run again = world.run();
    INFO(again.log);
    CHECK(again.status == 1);
    CHECK(again.log.contains("pull-requests: read"));
    CHECK(again.log.contains("started again"));
    CHECK(world.has(world.closed));
    world.variables["GITHUB_RUN_ATTEMPT"] = "1";
    const Run first = world.run();
    INFO(first.log);
    CHECK(first.status == 0);
    CHECK(first.log.contains("whether pull request #7 was opened again could not be seen"));
    CHECK(first.log.contains("pull-requests: read"));
    CHECK_FALSE(world.has(world.closed));
}

TEST_CASE("an API that does not answer is no word on the event's pull request") {
    Closed world;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (seen.target.contains("/pulls/")) world.server.api().answer_next({.status = 500});
    });
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(world.has(world.closed));
}

TEST_CASE("a nightly run that is shown no pull request says so") {
    Closed world;
    world.event("schedule");
    world.server.api().add_token("ghs_good", {.pull_requests_are_404 = true});
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.log.contains("pull-requests: read"));
    CHECK(world.has(world.closed));
}

TEST_CASE("a glob for protected tags that can match none is refused before anything is looked at") {
    const std::string glob = GENERATE("pr-[7]-*", "{pr-7,x}-*", "!v*", "refs/tags/v*", "^v");
    CAPTURE(glob);
    Closed world;
    const Run run = world.run({{"protected-tags", glob}});
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.log.contains("protected-tags"));
    CHECK(world.server.requests().empty());
}

TEST_CASE("what refers to a closed pull request's image without a tag goes with it, untagged or not") {
    const std::string untagged = GENERATE("off", "7d");
    CAPTURE(untagged);
    Closed world;
    const std::string of_index = world.server.push_referrer("acme/app", "", world.closed, kOld);
    const std::string of_part = world.server.push_referrer("acme/app", "", world.own, kOld);
    const std::string of_referrer = world.server.push_referrer("acme/app", "", of_index, kOld);
    const std::string of_release = world.server.push_referrer("acme/app", "", world.release, kOld);
    const Run run = world.run({{"untagged", untagged}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK_FALSE(world.has(world.closed));
    CHECK_FALSE(world.has(of_index));
    CHECK_FALSE(world.has(of_part));
    CHECK_FALSE(world.has(of_referrer));
    CHECK(world.has(of_release));
}

TEST_CASE("a journal's tag lets a run about one pull request delete nothing of another") {
    Closed world;
    fakes::PackageServer& s = world.server;
    s.api().set_pull_request("acme/app", 99, {.open = true});
    const std::string digest_only = s.push_image("acme/app", "", "used by digest", kOld);
    const std::string other =
        s.push_image("acme/app", "", "part of 99", kOld, {{"dev.pr-image.number", "99"}});
    const std::string open = s.push_index("acme/app", "pr-99-abc1234", {other}, kOld);
    const std::string cache = s.push_image("acme/app", "buildcache-main", "cache", kOld);
    const std::string signature = s.push_image(
        "acme/app", plan::referrer_tag(*Digest::parse(world.release), ".sig"), "signature", kOld);
    int evil = 0;
    const auto mark = [&](const std::string& digest) {
        s.api().push("acme/app", digest, fmt::format("pr-image-cleanup-evil-{}", ++evil), kOld);
    };
    for (const std::string& digest : {open, cache, signature, digest_only})
        mark(digest);
    // An index under such a tag, and one that is written like a journal of ours.
    s.push("acme/app", "pr-image-cleanup-a", "application/vnd.oci.image.index.v1+json",
           index_of({digest_only, other, cache}), kOld);
    s.push("acme/app", "pr-image-cleanup-b", "application/vnd.oci.image.index.v1+json",
           index_of({digest_only, other, cache, signature},
                    R"(,"artifactType":"application/vnd.pr-image.cleanup-journal.v1+json","annotations":)"
                    R"({"org.opencontainers.image.ref.name":"pr-image-cleanup-b"})"),
           kOld);
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK_FALSE(world.has(world.closed));
    CHECK_FALSE(world.has(world.own));
    for (const std::string& kept : {open, other, cache, signature, digest_only, world.release})
        CHECK(world.has(kept));
    CHECK(s.whole("acme/app", "pr-99-abc1234"));
}
