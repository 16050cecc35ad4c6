#include "plan/handover/staging.hpp"

#include "plan/decide.hpp"
#include "plan/names/labels.hpp"
#include "plan/names/tag_grammar.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <set>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

std::string staged(const std::string& platform, const std::string& variant = {}) {
    return staging_tag(push_main(), inputs({{"variant", variant}}), platform).value().string();
}

Result<Plan> decided(const Event& event, InputMap raw, const Facts& found = facts()) {
    raw.emplace("fan-out", "true");
    return decide(event, inputs(raw), found);
}

}  // namespace

TEST_CASE("a part's tag names the run, the platform and the variant, and is clean-up's") {
    CHECK(staged("linux/amd64") == "pr-image-staging-555-linux-amd64");
    CHECK(staged("linux/arm/v7") == "pr-image-staging-555-linux-arm-v7");
    CHECK(staged("linux/arm64", "dev") == "pr-image-staging-555-linux-arm64--dev");
    CHECK(read_tag(staged("linux/arm64", "dev")).kind == TagKind::staging);
}

TEST_CASE("no two parts of a run share a tag") {
    const std::set<std::string> tags{staged("linux/arm"),         staged("linux/arm/v7"),
                                     staged("linux/arm", "v7"),   staged("linux/arm", "_v7"),
                                     staged("linux/arm/v7", "x"), staged("linux/arm", "v7--x")};
    CHECK(tags.size() == 6);
}

TEST_CASE("a later attempt of a run finds the parts of the first, another run does not") {
    EventContext given = context("push", "refs/heads/main", kMain, repository_payload());
    const auto tag = [&] {
        return staging_tag(parse_event(given).value(), inputs(), "linux/amd64").value().string();
    };
    const std::string first = tag();
    given.run_attempt = "2";
    CHECK(tag() == first);
    given.run_id = "556";
    CHECK(tag() != first);
}

TEST_CASE("a variant that makes the staging tag too long is named") {
    const Result<Tag> tag =
        staging_tag(push_main(), inputs({{"variant", std::string(120, 'v')}}), "linux/amd64");
    CHECK(message(tag).starts_with("Invalid input 'variant'"));
}

TEST_CASE("a part is pushed under its staging tag alone, at every image, and labelled as the whole") {
    Facts found = facts();
    found.push["docker.io/acme/app"] = {PushAccess::accepted, ""};
    const Plan plan = decided(push_git_tag("v1.2.3"),
                              {{"images", "ghcr.io/acme/app\nacme/app"},
                               {"platforms", "linux/arm64"},
                               {"annotations",
                                "index:a=1\nindex,manifest:b=2\nmanifest:c=3\n"
                                "index-descriptor:d=4\nindex,index-descriptor:e=5"}},
                              found)
                          .value();
    std::vector<std::string> tags;
    for (const Reference& tag : plan.tags)
        tags.push_back(tag.string());
    CHECK(tags == std::vector<std::string>{"ghcr.io/acme/app:pr-image-staging-555-linux-arm64",
                                           "docker.io/acme/app:pr-image-staging-555-linux-arm64"});
    CHECK(plan.outputs.registry);
    CHECK(plan.platforms == std::vector<std::string>{"linux/arm64"});
    CHECK(plan.annotations == std::vector<std::string>{"index,manifest:b=2", "manifest:c=3"});
    const auto version =
        std::ranges::find(plan.labels, "org.opencontainers.image.version", &Labels::value_type::first);
    CHECK(version->second == "1.2.3");
    CHECK(plan.metadata.tag_names.front() == "1.2.3");
}

TEST_CASE("a part is one platform, of pull requests too, and never what the registry holds already") {
    CHECK(decided(same_repository_pull_request(), {{"platforms", "linux/arm64"}})->platforms ==
          std::vector<std::string>{"linux/arm64"});
    CHECK(decided(same_repository_pull_request(),
                  {{"platforms", "linux/arm64"}, {"pr-platforms", "linux/amd64"}})
              ->platforms == std::vector<std::string>{"linux/amd64"});
    CHECK_FALSE(
        questions(same_repository_pull_request(), inputs({{"fan-out", "true"}, {"platforms", "linux/arm64"}}))
            ->existing);
    const auto [platforms, why] = GENERATE(table<std::string, std::string>({
        {"", "none is named"},
        {"linux/amd64,linux/arm64", "here are 2: linux/amd64, linux/arm64"},
    }));
    const std::string said = message(decided(push_main(), {{"platforms", platforms}}));
    CHECK(said.starts_with("Invalid input 'platforms'"));
    CHECK(said.contains(why));
}

TEST_CASE("where nothing may be pushed a part keeps the image's own names, and stays on its machine") {
    Facts found = facts();
    found.artifact_service = true;
    const Plan plan = decided(fork_pull_request(), {{"platforms", "linux/arm64"}}, found).value();
    // No two jobs of a run can upload under one name.
    CHECK(plan.artifact->name == "pr-image-acme-app-pr-7-" + kHead + "-linux-arm64.tar");
    CHECK(plan.strategy == Strategy::fallback);
    CHECK(plan.tags.front().tag()->string() == "pr-7-" + kHead);
    CHECK_FALSE(plan.outputs.registry);
}
