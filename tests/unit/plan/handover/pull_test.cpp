#include "plan/handover/pull.hpp"

#include "plan/decide.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

TEST_CASE("a consumer names the image as its producer did, without being told") {
    const Event event = same_repository_pull_request();
    const Result<Plan> built = decide(event, inputs(), facts());
    const Result<PullPlan> wanted = decide_pull(event, inputs(), std::nullopt);
    REQUIRE(built);
    REQUIRE(wanted);
    CHECK(wanted->reference == built->tags.front());
    CHECK(wanted->names.front() == built->tags.front());
    CHECK(wanted->head_sha == sha(kHead));
    CHECK(wanted->artifact == "pr-image-acme-app-pr-7-" + kHead + ".tar");
}

TEST_CASE("the producer's ref pins the digest, and `as` gives the image more names") {
    const std::string ref = "ghcr.io/acme/app@" + digest().string();
    const Result<PullPlan> plan = decide_pull(
        same_repository_pull_request(), inputs({{"ref", ref}, {"as", "test:latest\nother"}}), std::nullopt);
    REQUIRE(plan);
    CHECK(plan->reference.string() == ref);
    REQUIRE(plan->names.size() == 3);
    CHECK(plan->names[1].string() == "docker.io/library/test:latest");
    CHECK(plan->names[2].string() == "docker.io/library/other:latest");
}

TEST_CASE("handover says where to look, and auto looks everywhere") {
    const auto [handover, sources] = GENERATE(table<std::string, std::vector<Source>>(
        {{"auto", {Source::registry, Source::artifact, Source::cache}},
         {"registry", {Source::registry}},
         {"artifact", {Source::artifact}},
         {"cache", {Source::cache}}}));
    const Result<PullPlan> plan =
        decide_pull(same_repository_pull_request(), inputs({{"handover", handover}}), std::nullopt);
    REQUIRE(plan);
    CHECK(plan->sources == sources);
}

TEST_CASE("a fork's image is looked for without credentials") {
    const Result<PullPlan> plan = decide_pull(fork_pull_request(), inputs(), std::nullopt);
    REQUIRE(plan);
    CHECK_FALSE(plan->grants.has(Grant::registry_logins));
}

TEST_CASE("a run with secrets loads a fork's image, but does not build its code") {
    const Event event = pull_request_target(kFork);
    const Result<PullPlan> plan = decide_pull(event, inputs(), std::nullopt);
    REQUIRE(plan);
    CHECK(plan->sources == std::vector{Source::registry, Source::artifact});
    CHECK_FALSE(decide_pull(event, inputs({{"handover", "cache"}}), std::nullopt));
    CHECK(decide_pull(event, inputs({{"handover", "cache"}, {"untrusted", "build"}}), std::nullopt));
}

TEST_CASE("an image counts only for the commit that its labels name") {
    // The labels dev.pr-image.head-sha and org.opencontainers.image.revision, empty for none.
    const auto [head, revision, good] =
        GENERATE(table<std::string, std::string, bool>({{kHead, "", true},
                                                        {kOther, "", false},
                                                        {"", kHead, true},
                                                        {kOther, kHead, false},
                                                        {kHead, kMerge, true},
                                                        // docker/metadata-action's: GITHUB_SHA
                                                        {"", kMerge, true},
                                                        {kMerge, kHead, false},
                                                        {"", kOther, false},
                                                        {"", "", false}}));
    CAPTURE(head, revision);
    std::map<std::string, std::string> labels;
    if (!head.empty()) labels["dev.pr-image.head-sha"] = head;
    if (!revision.empty()) labels["org.opencontainers.image.revision"] = revision;
    const PullPlan plan = decide_pull(same_repository_pull_request(), inputs(), std::nullopt).value();
    const Result<void> verified = verify_commit(labels, plan);
    CHECK(verified.has_value() == good);
    if (!good) CHECK(verified.error().why.contains(kHead));
}

TEST_CASE("where no commit is known, none is asked of the image") {
    PullPlan plan = decide_pull(same_repository_pull_request(), inputs(), std::nullopt).value();
    plan.head_sha.reset();
    CHECK(verify_commit({}, plan));
}

TEST_CASE("where nothing was pushed, the producer's ref is the name that its tar carries") {
    const std::string ref = "ghcr.io/acme/app:pr-7-" + kHead + "-dev";
    const Result<PullPlan> plan = decide_pull(fork_pull_request(), inputs({{"ref", ref}}), std::nullopt);
    REQUIRE(plan);
    CHECK(plan->names.front().string() == ref);
    CHECK(plan->artifact == "pr-image-acme-app-pr-7-" + kHead + "-dev.tar");
    CHECK(std::ranges::find(plan->built, Reference::parse(ref).value()) != plan->built.end());
}

TEST_CASE("when all sources miss, one Error has all their reasons") {
    const PullPlan plan = decide_pull(fork_pull_request(), inputs(), std::nullopt).value();
    const Error error = none_of(
        plan, {{Source::registry, "it is down"}, {Source::artifact, "no artifact", "Allow actions: read."}});
    CHECK(error.why.contains("registry: it is down"));
    CHECK(error.why.contains("artifact: no artifact"));
    CHECK(error.fix.contains("For the artifact: Allow actions: read."));
    CHECK_FALSE(error.fix.contains("registry:"));
    CHECK(error.why.contains(plan.reference.string()));
}

TEST_CASE("an image of another platform than the engine's is refused with both named") {
    CHECK(verify_platform("linux/amd64", "linux/amd64"));
    CHECK(verify_platform("linux/amd64", ""));
    const Result<void> wrong = verify_platform("linux/arm64", "linux/amd64");
    CHECK(message(wrong).contains("linux/arm64"));
    CHECK(message(wrong).contains("linux/amd64"));
}

TEST_CASE("ref and sha together name an image that this event knows nothing of, which is not rebuilt") {
    const std::string ref = "ghcr.io/other/app:pr-9-" + kOther;
    const Event event = push_main();
    const Result<PullPlan> plan =
        decide_pull(event, inputs({{"ref", ref}, {"sha", kOther}, {"as", "preview"}}), std::nullopt);
    REQUIRE(plan);
    CHECK(plan->reference.string() == ref);
    CHECK(plan->head_sha == sha(kOther));
    CHECK(plan->grants.has(Grant::registry_logins));
    CHECK(plan->sources == std::vector{Source::registry, Source::artifact});
    REQUIRE(plan->names.size() == 2);
    CHECK(plan->names.front().string() == ref);
    CHECK_FALSE(
        decide_pull(event, inputs({{"ref", ref}, {"sha", kOther}, {"handover", "cache"}}), std::nullopt));
}

TEST_CASE("a commit that the workflow abbreviates is the one that the image's label begins with") {
    const std::string ref = "ghcr.io/other/app:pr-9-1111111";
    const auto [wanted, label, good] = GENERATE(table<std::string, std::string, bool>({
        {"1111111", kHead, true},
        {kHead.substr(0, 12), kHead, true},
        {kHead, kHead, true},
        {"1111112", kHead, false},
        {"1111111", "1111111", true},
        {kHead, "1111111", false},
        {kHead, kHead + std::string(24, '1'), false},
        {"1111111", "1111111; not a commit", false},
        {"1111111", "", false},
    }));
    CAPTURE(wanted, label);
    const PullPlan plan =
        decide_pull(push_main(), inputs({{"ref", ref}, {"sha", wanted}}), std::nullopt).value();
    for (const std::string key : {"dev.pr-image.head-sha", "org.opencontainers.image.revision"})
        CHECK(verify_commit({{key, label}}, plan).has_value() == good);
}
