#include "plan/decide.hpp"
#include "plan/names/labels.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;
using Strings = std::vector<std::string>;

namespace {

Result<Plan> decided(const Event& event, const InputMap& raw, const Facts& found = facts()) {
    return decide(event, inputs(raw), found);
}

std::string error(const Result<Plan>& plan) {
    return plan ? std::string() : text::to_string(plan.error());
}

Facts old_engine() {
    Facts found = facts();
    found.engine->containerd_image_store = false;
    return found;
}

}  // namespace

TEST_CASE("outputs say where the result goes, and push and load what is added") {
    struct Row {
        InputMap raw;
        Strategy strategy;
        bool registry;
        bool load;
    };
    const std::vector<Row> rows{
        {{{"outputs", "type=local,dest=out"}}, Strategy::fallback, false, false},
        {{{"outputs", "type=local,dest=out"}, {"push", "true"}}, Strategy::push, true, false},
        {{{"outputs", "type=local,dest=out"}, {"load", "true"}}, Strategy::fallback, false, true},
        {{{"outputs", "type=image,push=true"}}, Strategy::push, false, false},
        {{{"outputs", "type=registry"}, {"push", "false"}}, Strategy::fallback, false, true},
        {{{"call", "check"}}, Strategy::fallback, false, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.raw);
        const Result<Plan> plan = decided(push_main(), row.raw);
        REQUIRE(plan);
        CHECK(plan->strategy == row.strategy);
        CHECK(plan->outputs.registry == row.registry);
        CHECK(plan->outputs.load == row.load);
    }
}

TEST_CASE("a fork's build pushes through no output either, and says so") {
    const Result<Plan> plan = decided(
        fork_pull_request(), {{"outputs", "type=registry\ntype=image,push=true\ntype=local,dest=out"}});
    REQUIRE(plan);
    CHECK(texts(plan->outputs.given) == Strings{"type=local,dest=" + kWorkspace + "/out"});
    CHECK_FALSE(plan->outputs.given_push);
    CHECK(std::ranges::count(plan->warnings, "Output left out", &Warning::title) == 2);
}

TEST_CASE("an output's destination is in the plan, for whoever looks where its links lead") {
    const Result<Plan> plan =
        decided(push_main(), {{"outputs", "type=local,dest=out\ntype=tar,dest=a/b.tar"}});
    REQUIRE(plan);
    Strings destinations;
    for (const OutputEntry& output : plan->outputs.given)
        destinations.push_back(output.destination->string());
    CHECK(destinations == Strings{kWorkspace + "/out", kWorkspace + "/a/b.tar"});
}

TEST_CASE("a push by digest alone has no tags beside it") {
    const InputMap by_digest{{"outputs", "type=image,name=ghcr.io/acme/app,push-by-digest=true,push=true"}};
    CHECK(error(decided(push_main(), by_digest)).contains("push-by-digest"));
    InputMap bare = by_digest;
    bare.emplace("metadata", "none");
    const Result<Plan> plan = decided(push_main(), bare);
    REQUIRE(plan);
    CHECK(plan->tags.empty());
    CHECK(plan->outputs.given_push);
}

TEST_CASE("metadata: none adds no tag, label, annotation or cache") {
    const Result<Plan> plan =
        decided(push_main(), {{"metadata", "none"}, {"tags", "ghcr.io/acme/app:x"}, {"labels", "{{a}}=b"}});
    REQUIRE(plan);
    CHECK(plan->tags.size() == 1);
    CHECK(plan->labels == Labels{{"{{a}}", "b"}});
    CHECK(plan->annotations.empty());
    CHECK(plan->cache_from.empty());
    CHECK(plan->cache_to.empty());
}

TEST_CASE("metadata: none keeps the rules about forks and pull requests") {
    const InputMap theirs{{"metadata", "none"}, {"tags", "ghcr.io/acme/app:latest"}};
    CHECK(error(decided(same_repository_pull_request(), theirs)).contains("'latest'"));
    const Result<Plan> fork = decided(
        fork_pull_request(), {{"metadata", "none"}, {"tags", "ghcr.io/acme/app:pr-7"}, {"push", "true"}});
    REQUIRE(fork);
    CHECK(fork->strategy == Strategy::fallback);
    CHECK_FALSE(fork->outputs.registry);
}

TEST_CASE("metadata: none without a tag cannot push") {
    CHECK(error(decided(push_main(), {{"metadata", "none"}})).starts_with("No tag"));
    CHECK(decided(push_main(), {{"metadata", "none"}, {"push", "false"}}));
}

TEST_CASE("flavor and images have no use where tags are taken as they are") {
    for (const std::string input : {"flavor", "images"}) {
        const Result<Inputs> given = parse_inputs({{"metadata", "none"}, {input, "a/b"}}, {}, kPaths);
        REQUIRE_FALSE(given);
        CHECK(given.error().what == fmt::format("Invalid input '{}'", input));
    }
}

TEST_CASE("of several registries every one is asked, and the one that refuses is named") {
    const InputMap raw{{"images", "ghcr.io/acme/app,acme/app"},
                       {"registry-auth", "registry=docker.io,username=u,password=p"}};
    const Result<Questions> asked = questions(push_main(), inputs(raw), Facts{});
    REQUIRE(asked);
    CHECK(asked->push_access == std::vector{image(), image("docker.io/acme/app")});

    Facts found = facts();
    found.push["docker.io/acme/app"] = {PushAccess::denied, "requested access to the resource is denied"};
    CHECK(error(decided(push_main(), raw, found)).contains("docker.io/acme/app"));
    const Result<Plan> pull_request = decided(same_repository_pull_request(), raw, found);
    REQUIRE(pull_request);
    CHECK(pull_request->strategy == Strategy::fallback);
    CHECK(pull_request->warnings.front().message.contains("docker.io/acme/app"));
}

TEST_CASE("an engine without the containerd image store gets a container for what it cannot do") {
    const auto [raw, driver] = GENERATE(table<InputMap, Driver>({
        {{{"cache", "none"}, {"provenance", "false"}}, Driver::docker},
        {{{"cache", "none"}, {"provenance", "false"}, {"platforms", "linux/amd64,linux/arm64"}},
         Driver::docker_container},
        {{{"cache", "gha"}}, Driver::docker_container},
        {{{"cache", "none"}, {"sbom", "true"}}, Driver::docker_container},
        {{{"cache", "none"}, {"provenance", "false"}, {"outputs", "type=oci,dest=a.tar"}},
         Driver::docker_container},
        {{{"cache", "none"}, {"provenance", "false"}, {"outputs", "type=local,dest=a\ntype=tar,dest=b.tar"}},
         Driver::docker_container},
    }));
    CAPTURE(raw);
    const Result<Plan> plan = decided(push_main(), raw, old_engine());
    REQUIRE(plan);
    CHECK(plan->builder.driver == driver);
    CHECK_FALSE(plan->builder.why.empty());
}

TEST_CASE("an engine without the containerd image store pushes and loads from one solve") {
    const Result<Plan> plan = decided(push_main(), {{"load", "true"}}, old_engine());
    REQUIRE(plan);
    CHECK(plan->builder.driver == Driver::docker_container);
    CHECK(plan->outputs.registry);
    CHECK(plan->outputs.load);
}

TEST_CASE("a pull request pushes no name that an input for tags could not give it, however it is spelled") {
    const std::string output = GENERATE(
        "type=image,name=ghcr.io/acme/app:latest,push=true", "type=image,name=ghcr.io/acme/app,push=1",
        "TYPE=image,NAME=ghcr.io/acme/app:main, push=t", "type=registry,name=GHCR.io/Acme/App:V1",
        "type=registry,\"name=ghcr.io/acme/app:pr-7,ghcr.io/acme/app:pr-8\"",
        "type=registry,name=ghcr.io/acme/app:pr-7,dangling-name-prefix=ghcr.io/acme/app:latest");
    CAPTURE(output);
    const InputMap raw{{"outputs", output}, {"metadata", "none"}};
    CHECK(error(decided(same_repository_pull_request(), raw)).contains("a pull request cannot write"));
    CHECK(decided(push_main(), raw));
    // Nothing is pushed for a fork at all.
    const Result<Plan> fork = decided(fork_pull_request(), raw);
    REQUIRE(fork);
    CHECK(fork->outputs.given.empty());
}

TEST_CASE("a pull request's output may name its own tags, or none where tags are given") {
    const auto written = [](const std::string& entry, const std::string& metadata) {
        return decided(same_repository_pull_request(), {{"outputs", entry}, {"metadata", metadata}})
            .has_value();
    };
    CHECK(written("type=image,name=ghcr.io/acme/app:pr-7-x,push=true", "none"));
    CHECK(written("type=image,name=ghcr.io/acme/app,push=true,push-by-digest=true", "none"));
    CHECK(written("type=image,name=ghcr.io/acme/app,push=true", ""));
    CHECK_FALSE(written("type=image,name=ghcr.io/acme/app:latest,push=true", ""));
    CHECK(written("type=image,name=ghcr.io/acme/app:latest,push=false", "none"));
    CHECK(written("type=docker,name=app:latest", "none"));
}

TEST_CASE("a pull request writes no cache that other builds read, however it is spelled") {
    const std::string entry =
        GENERATE(as<std::string>{}, "type=registry,ref=ghcr.io/acme/app:latest", "ghcr.io/acme/app",
                 "ghcr.io/acme/app:buildcache", "Type=registry,REF=ghcr.io/acme/app:buildcache-main",
                 "\"type=registry\",\"ref=ghcr.io/acme/app:main\"",
                 "ghcr.io/acme/app:buildcache-pr-7,ghcr.io/acme/app:buildcache-pr-8",
                 "type=registry,ref=ghcr.io/acme/app:x,ref=docker.io/acme/app", "ghcr.io/acme/app:pr-7-kept",
                 "ghcr.io/acme/app:buildcache-pr-7@sha256:" + std::string(64, 'd'));
    CAPTURE(entry);
    const InputMap raw{{"cache-to", entry}, {"protected-tags", "*-kept"}};
    CHECK(error(decided(same_repository_pull_request(), raw)).starts_with("Invalid input 'cache-to'"));
    CHECK(decided(push_main(), raw));
    CHECK(decided(fork_pull_request(), raw)->cache_to.empty());
    CHECK(decided(same_repository_pull_request(), {{"cache-to", "ghcr.io/acme/app:buildcache-pr-7-x"}}));
    CHECK(decided(same_repository_pull_request(), {{"cache-from", "ghcr.io/acme/app:buildcache-main"}}));
    CHECK(decided(same_repository_pull_request(), {{"cache", "registry"}, {"variant", "dev"}}));
}
