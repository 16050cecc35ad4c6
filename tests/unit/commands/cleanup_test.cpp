#include "commands/cleanup.hpp"

#include "unit/commands/cleanup_world.hpp"

#include <boost/json/array.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace pr_image;
using commands::CleanupWorld;
using commands::Run;

namespace {

constexpr text::Timestamp kOld = CleanupWorld::kDaysAgo;

/// A closed pull request's image of three manifests, one of them shared with a release; an open one's.
struct Usual : CleanupWorld {
    explicit Usual(fakes::PackageServer::Options options = {}) : CleanupWorld(std::move(options)) {
        fakes::PackageServer& s = server;
        shared = s.push_image("acme/app", "", "shared", kOld);
        // A later run knows what an interrupted one has left by the labels.
        own = s.push_image("acme/app", "", "own", kOld, {{"dev.pr-image.number", "7"}});
        attestation = s.push_image("acme/app", "", "attestation", kOld, {{"dev.pr-image.number", "7"}});
        release = s.push_index("acme/app", "v1.0.0", {shared}, kOld);
        closed = s.push_index("acme/app", "pr-7-abc1234", {shared, own, attestation}, kOld);
        open = s.push_index("acme/app", "pr-8-abc1234", {shared}, kOld);
    }
    std::string shared, own, attestation, release, closed, open;
};

}  // namespace

TEST_CASE("closing a pull request removes its image and nothing that others are made of") {
    Usual world;
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    for (const std::string& gone : {world.closed, world.own, world.attestation})
        CHECK_FALSE(world.has(gone));
    CHECK(world.server.whole("acme/app", "v1.0.0"));
    CHECK(world.server.whole("acme/app", "pr-8-abc1234"));
    CHECK(run.outputs.at("deleted") == "3");
    CHECK(run.outputs.at("untagged") == "0");
    CHECK(run.outputs.at("kept") == "3");
    CHECK(run.outputs.at("failed") == "0");
    // Nothing of the clean-up itself is left behind.
    CHECK(world.server.api().versions("acme/app").size() == 3);
}

TEST_CASE("the report names each deleted version with what brings it back") {
    Usual world;
    const auto versions = world.server.api().versions("acme/app");
    const Run run = world.run();
    const boost::json::value report = run.report();
    const boost::json::object& image = report.as_array().at(0).as_object();
    CHECK(image.at("image").as_string() == world.image());
    const boost::json::object& first = image.at("deleted").as_array().at(0).as_object();
    CHECK(first.at("digest").as_string() == world.closed);
    CHECK(first.at("reason").as_string() == "closed_pull_request");
    CHECK(first.at("why").as_string() == "pull request 7 is closed");
    CHECK(first.at("tags").as_array().at(0).as_string() == "pr-7-abc1234");
    const auto id = std::to_string(first.at("id").to_number<std::uint64_t>());
    CHECK(run.summary.contains("/orgs/acme/packages/container/app/versions/" + id + "/restore"));
    CHECK(image.at("kept_by_reason").as_object().contains("shared"));
}

TEST_CASE("an index goes before its children, and the journal is there before the index goes") {
    Usual world;
    std::vector<std::string> order;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (seen.method == "PUT") order.emplace_back("journal");
        if (seen.method == "DELETE") order.push_back(seen.target);
    });
    CHECK(world.run().status == 0);
    REQUIRE(order.size() == 5);
    CHECK(order[0] == "journal");
    CHECK(order[1].ends_with("/1005"));
    CHECK(order[4].ends_with("/1007"));
}

TEST_CASE("no more is asked than pages, kept images, what goes twice, and ten") {
    Usual world;
    for (int i = 0; i < 230; ++i)
        world.server.push_image("acme/app", "", "filler " + std::to_string(i), kOld - std::chrono::hours(1));
    CHECK(world.run().status == 0);
    const std::size_t pages = 3;
    const std::size_t kept = 2;
    const std::size_t deletions = world.requests("DELETE", "/versions/");
    CHECK(deletions == 4);
    // Each once to see what it is, and once to delete it.
    CHECK(world.server.requests().size() <= pages + kept + 2 * deletions + 10);
}

TEST_CASE("a dry run says what would go and writes nothing") {
    Usual world;
    world.server.api().add_token("ghs_good", {.delete_packages = false});
    const Run run = world.run({{"dry-run", "true"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.outputs.at("deleted") == "3");
    CHECK(run.log.contains("would delete"));
    CHECK(run.summary.contains("Dry run"));
    CHECK_FALSE(run.summary.contains("restore"));
    for (const fakes::Seen& seen : world.server.requests())
        CHECK((seen.method == "GET" || seen.method == "HEAD"));
    CHECK(world.server.api().versions("acme/app").size() == 6);
}

TEST_CASE("a version with a kept tag loses only the pull request's tag") {
    CleanupWorld world;
    const std::string promoted = world.server.push_image("acme/app", "pr-7-abc1234", "x", kOld);
    world.server.api().push("acme/app", promoted, "v2.0.0", kOld);
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.outputs.at("untagged") == "1");
    CHECK(run.outputs.at("deleted") == "0");
    CHECK(world.server.api().tags("acme/app") == std::vector<std::string>{"v2.0.0"});
    CHECK(world.server.whole("acme/app", "v2.0.0"));
    CHECK(world.server.api().versions("acme/app").size() == 1);
}

TEST_CASE("a token that may not delete is told which setting to change, after one attempt") {
    Usual world;
    world.server.api().add_token("ghs_good", {.delete_packages = false});
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.log.contains("Manage Actions access"));
    CHECK(run.log.contains("https://github.com/orgs/acme/packages/container/app/settings"));
    CHECK(world.requests("DELETE", "") == 1);
    CHECK(world.has(world.closed));
    CHECK(world.server.whole("acme/app", "pr-7-abc1234"));
    // With the right given, the next run leaves no trace of this one.
    world.server.api().add_token("ghs_good", {});
    CHECK(world.run().status == 0);
    CHECK(world.server.api().versions("acme/app").size() == 3);
}

TEST_CASE("an image that was named and does not exist is an error, one that was not named is none") {
    CleanupWorld world;
    const Run named = world.run({{"image", world.image()}});
    CHECK(named.status == 1);
    CHECK(named.log.contains("no such package"));
    const Run derived = world.run();
    INFO(derived.log);
    CHECK(derived.status == 0);
    CHECK(derived.outputs.at("deleted") == "0");
}

TEST_CASE("a token that is missing, wrong or of the wrong kind is said to be so before anything is done") {
    struct Row {
        std::string token;
        std::string words;
    };
    const Row row = GENERATE(
        values<Row>({{"", "'token'"}, {"ghs_revoked", "expired"}, {"github_pat_x", "fine-grained"}}));
    CAPTURE(row.token);
    Usual world;
    const Run run = world.run({{"token", row.token}});
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.log.contains(row.words));
    CHECK(world.server.api().versions("acme/app").size() == 6);
}

TEST_CASE("a run by hand can be about one pull request, without the commit that a build would ask for") {
    Usual world;
    world.event("workflow_dispatch");
    world.server.push_image("acme/app", "buildcache-feature-x", "cache", kOld);
    const Run run = world.run({{"pr-number", "7"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.outputs.at("deleted") == "3");
    const std::vector<std::string> left{"buildcache-feature-x", "pr-8-abc1234", "v1.0.0"};
    CHECK(world.server.api().tags("acme/app") == left);
}

TEST_CASE("what selects nothing says so and succeeds") {
    Usual world;
    world.event("pull_request", 99);
    const Run run = world.run();
    CHECK(run.status == 0);
    CHECK(run.log.contains("Nothing to clean up"));
    CHECK(world.requests("GET", "/manifests/") == 0);
}

TEST_CASE("an error of one image does not keep the others from being cleaned up") {
    Usual world;
    const Run run =
        world.run({{"images", world.server.host() + "/acme/absent\n" + world.server.host() + "/acme/app"}});
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK_FALSE(world.has(world.closed));
    CHECK(run.outputs.at("deleted") == "3");
}

TEST_CASE("a pull request that was opened again is left alone") {
    Usual world;
    world.server.api().set_pull_request("acme/app", 7, {.open = true});
    const Run run = world.run();
    CHECK(run.status == 0);
    CHECK(world.has(world.closed));
}

TEST_CASE("what is younger than its retention by GitHub's clock stays, and by this machine's too") {
    using std::chrono::minutes;
    struct Row {
        minutes behind;  ///< GitHub's clock, compared with ours
        minutes age;     ///< of the pull request's end, by GitHub's
        bool stays;
    };
    const Row row = GENERATE(Row{minutes(60), minutes(90), true}, Row{minutes(60), minutes(130), false},
                             Row{minutes(0), minutes(90), true}, Row{minutes(-60), minutes(130), true},
                             Row{minutes(-60), minutes(190), false});
    CAPTURE(row.behind.count(), row.age.count());
    Usual world({.clock_behind = row.behind});
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    world.server.api().set_pull_request("acme/app", 7,
                                        {.open = false, .closed_at = now - row.behind - row.age});
    world.variables["INPUT_PR-RETENTION"] = "2h";
    world.event("schedule");
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(world.has(world.closed) == row.stays);
}

TEST_CASE(
    "a token that may not see pull requests believes the event about its own, and nothing about others") {
    Usual world;
    world.server.api().add_token("ghs_good", {.see_pull_requests = false});
    CHECK(world.run().status == 0);
    CHECK_FALSE(world.has(world.closed));
    world.event("schedule");
    const Run nightly = world.run();
    CHECK(nightly.status == 1);
    CHECK(nightly.log.contains("pull-requests: read"));
}

TEST_CASE("a nightly run takes closed pull requests, old branches and their caches") {
    Usual world;
    world.event("schedule");
    world.server.push_image("acme/app", "feature-x-abc1234", "branch", kOld,
                            {{"dev.pr-image.branch", "feature/x"}});
    world.server.push_image("acme/app", "somebody-abc1234", "somebody", kOld);
    world.server.push_image("acme/app", "buildcache-feature-x", "cache", kOld);
    world.server.push_image("acme/app", "buildcache-pr-7", "pr cache", kOld);
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    const std::vector<std::string> left{"pr-8-abc1234", "somebody-abc1234", "v1.0.0"};
    CHECK(world.server.api().tags("acme/app") == left);
}

TEST_CASE("deletions that GitHub refuses are notes, and what they need stays") {
    Usual world;
    world.server.api().set_downloads("acme/app", world.closed, 6'000);
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.outputs.at("failed") == "0");
    CHECK(run.log.contains("5000 downloads"));
    CHECK(world.server.whole("acme/app", "pr-7-abc1234"));
    CHECK(world.server.api().versions("acme/app").size() == 6);
}

TEST_CASE("server errors in the middle are tried again") {
    Usual world;
    int failures = 0;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (seen.method == "DELETE" && failures++ < 2) world.server.api().answer_next({.status = 502});
    });
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.outputs.at("deleted") == "3");
}

TEST_CASE("a deletion that keeps failing is an error, and its children stay for the next run") {
    Usual world;
    bool broken = true;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (broken && seen.method == "DELETE" && seen.target.ends_with("/1005")) {
            world.server.api().answer_next({.status = 502, .body = R"({"message":"Server Error"})"});
        }
    });
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.outputs.at("failed") == "1");
    CHECK(run.log.contains("Server Error"));
    CHECK(world.server.whole("acme/app", "pr-7-abc1234"));
    broken = false;
    CHECK(world.run().status == 0);
    CHECK(world.server.api().versions("acme/app").size() == 3);
}

TEST_CASE("when the hour's requests will not last, the best part is done and the rest is named") {
    Usual world;
    for (int i = 0; i < 40; ++i)
        world.server.push_image("acme/app", "pr-7-" + fmt::format("{:07x}", i), "more " + std::to_string(i),
                                kOld);
    world.server.api().set_limit(60, text::Timestamp(std::chrono::hours(600'000)));
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.log.contains("left for the next run"));
    const std::size_t deleted = std::stoul(run.outputs.at("deleted"));
    CHECK(deleted > 0);
    CHECK(deleted < 10);
    CHECK(world.server.whole("acme/app", "v1.0.0"));
}

TEST_CASE("a list that is longer than the hour's requests deletes nothing, says so and succeeds") {
    Usual world;
    for (int i = 0; i < 1'000; ++i)
        world.server.push_image("acme/app", "", "filler " + std::to_string(i), kOld);
    world.server.api().set_limit(5, text::Timestamp(std::chrono::hours(600'000)));
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.log.contains("11 pages"));
    CHECK(world.has(world.closed));
}

TEST_CASE("a limit that is reached in the middle ends the run without harm, and the next one finishes it") {
    Usual world;
    int deletions = 0;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (seen.method == "DELETE" && ++deletions == 2) {
            world.server.api().answer_next({.status = 429, .headers = {{"Retry-After", "3600"}}});
        }
    });
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK_FALSE(world.has(world.closed));
    world.server.on_request({});
    CHECK(world.run().status == 0);
    CHECK(world.server.api().versions("acme/app").size() == 3);
    CHECK(world.server.whole("acme/app", "v1.0.0"));
}

TEST_CASE("an image that is pushed while clean-up runs keeps everything that it is made of") {
    Usual world;
    bool pushed = false;
    world.server.on_request([&](const fakes::Seen& seen) {
        // The list has been read; what comes now is the look before the first deletion.
        if (pushed || !seen.target.contains("/tags/list")) return;
        pushed = true;
        world.server.push_index("acme/app", "v2.0.0", {world.own, world.attestation},
                                kOld + std::chrono::hours(1));
    });
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK_FALSE(world.has(world.closed));
    CHECK(world.server.whole("acme/app", "v2.0.0"));
    CHECK(run.log.contains("v2.0.0 refers to it"));
}

TEST_CASE("a tag that moves to a candidate while clean-up runs keeps it") {
    Usual world;
    bool moved = false;
    world.server.on_request([&](const fakes::Seen& seen) {
        if (moved || !seen.target.contains("/tags/list")) return;
        moved = true;
        world.server.api().push("acme/app", world.closed, "v2.0.0", kOld + std::chrono::hours(1));
    });
    CHECK(world.run().status == 0);
    CHECK(world.server.whole("acme/app", "v2.0.0"));
}

TEST_CASE("a kept image that cannot be read holds everything back") {
    Usual world;
    world.server.break_manifest(world.release);
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(world.has(world.own));
    CHECK(run.log.contains("v1.0.0 could not be read"));
    CHECK(run.outputs.at("deleted") == "0");
}

TEST_CASE("what an earlier run has read is not asked for again, and cannot be forged") {
    Usual world;
    world.event("schedule");
    const std::map<std::string, std::string> inputs{{"cleanup-cache", "cache/manifests"},
                                                    {"dry-run", "true"}};
    CHECK(world.run(inputs).status == 0);
    const std::size_t first = world.requests("GET", "/manifests/");
    CHECK(first > 0);
    std::size_t before = world.server.requests().size();
    CHECK(world.run(inputs).status == 0);
    CHECK(world.requests("GET", "/manifests/", before) == 0);

    const std::filesystem::path file = world.workspace() / "cache/manifests";
    std::string bytes = support::read_file(file);
    const std::size_t at = bytes.find(world.shared, bytes.find(world.release));
    REQUIRE(at != std::string::npos);
    bytes[at + 10] = bytes[at + 10] == '0' ? '1' : '0';
    support::write_file(file, bytes);
    before = world.server.requests().size();
    CHECK(world.run(inputs).status == 0);
    CHECK(world.requests("GET", "/manifests/", before) >= 1);
}

TEST_CASE("package names with slashes, and owners that the event does not know, are found") {
    CleanupWorld world;
    world.server.api().add_account("other", "User");
    world.server.push_image("other/tools/dev", "pr-7-abc1234", "x", kOld);
    world.server.push_image("other/tools/dev", "latest", "y", kOld);
    const Run run = world.run({{"image", world.server.host() + "/other/tools/dev"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(world.server.api().tags("other/tools/dev") == std::vector<std::string>{"latest"});
}

TEST_CASE("a registry that wants a token is asked for one only") {
    Usual world({.registry_token = "secret"});
    const Run run = world.run({{"username", "mona"}, {"password", "secret"}, {"token", "ghs_good"}});
    INFO(run.log);
    // The package is deleted with the registry's own credentials, which here GitHub's API does not know.
    CHECK(run.status == 1);
    world.server.api().add_token("secret", {});
    const std::size_t before = world.server.requests().size();
    CHECK(world.run({{"username", "mona"}, {"password", "secret"}}).status == 0);
    CHECK(world.requests("GET", "/token", before) == 1);
    CHECK_FALSE(world.has(world.closed));
}
