#include "plan/handover/artifact.hpp"

#include "plan/decide.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <string>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

Facts facts_of_a_runner() {
    Facts found = facts();
    found.artifact_service = true;
    found.temp_directory = "/github/runner_temp";
    return found;
}

}  // namespace

TEST_CASE("an artifact is uploaded where nothing is pushed, or as the workflow wishes") {
    const auto [event, wish, uploaded] =
        GENERATE(table<Event, std::string, bool>({{fork_pull_request(), "auto", true},
                                                  {fork_pull_request(), "always", true},
                                                  {fork_pull_request(), "never", false},
                                                  {same_repository_pull_request(), "auto", false},
                                                  {same_repository_pull_request(), "always", true},
                                                  {same_repository_pull_request(), "never", false}}));
    const Result<Plan> plan =
        decide(event, inputs({{"artifact", wish}, {"retention-days", "3"}}), facts_of_a_runner());
    REQUIRE(plan);
    REQUIRE(plan->artifact.has_value() == uploaded);
    if (!uploaded) {
        CHECK(plan->outputs.tar.empty());
        return;
    }
    CHECK(plan->artifact->name == "pr-image-acme-app-pr-7-" + kHead + ".tar");
    CHECK(plan->artifact->retention_days == 3);
    CHECK(plan->outputs.tar == "/github/runner_temp/" + plan->artifact->name);
}

TEST_CASE("without an artifact service a fallback does without, and `always` is an Error") {
    const Result<Plan> plan = decide(fork_pull_request(), inputs(), facts());
    REQUIRE(plan);
    CHECK_FALSE(plan->artifact);
    REQUIRE(plan->remarks.size() == 1);
    CHECK(plan->remarks.front().contains("no artifact service"));
    CHECK(plan->warnings.empty());
    const Result<Plan> always = decide(fork_pull_request(), inputs({{"artifact", "always"}}), facts());
    CHECK(message(always).contains("Invalid input 'artifact'"));
}

TEST_CASE("a tar holds one platform") {
    const Result<Plan> plan = decide(
        fork_pull_request(), inputs({{"pr-platforms", "linux/amd64,linux/arm64"}}), facts_of_a_runner());
    REQUIRE(plan);
    CHECK_FALSE(plan->artifact);
}

TEST_CASE("a driver that cannot write a tar is left as it is") {
    Facts old = facts_without_containerd_store();
    old.artifact_service = true;
    const Result<Plan> plan = decide(fork_pull_request(), inputs({{"driver", "docker"}}), old);
    REQUIRE(plan);
    CHECK_FALSE(plan->artifact);
    const Result<Plan> automatic = decide(fork_pull_request(), inputs(), old);
    REQUIRE(automatic);
    CHECK(automatic->artifact);
    CHECK(automatic->builder.driver == Driver::docker_container);
}

TEST_CASE("an artifact's name is one that GitHub takes, however long the image's is") {
    const std::string path(200, 'a');
    const std::string tag(100, 'b');
    const std::string name = artifact_name(Reference::parse("ghcr.io/acme/" + path + ":" + tag).value());
    const std::string other =
        artifact_name(Reference::parse("ghcr.io/acme/" + path + ":" + tag + "c").value());
    CHECK(name.size() <= 210);
    CHECK(name != other);
    CHECK(name.find('/') == std::string::npos);
    CHECK(name.ends_with(".tar"));
}
