#include "e2e/manners.hpp"
#include "e2e/scene.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

namespace pr_image::e2e {
namespace {

std::vector<std::string> sorted(std::vector<std::string> values) {
    std::ranges::sort(values);
    return values;
}

TEST_CASE("a push to the default branch is built for two platforms and pushed under each of its tags") {
    Scene scene;
    scene.push(copy_only_app());
    const Result result = run_checked(scene, {{"platforms", "linux/amd64,linux/arm64"}});
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "push");
    CHECK(result.output("platforms") == "linux/amd64,linux/arm64");
    const std::vector<std::string> tags = {"latest", "main", "sha-" + scene.commits.base.substr(0, 7)};
    CHECK(sorted(scene.registry.tags(scene.repository())) == sorted(tags));
    for (const auto& tag : tags) {
        INFO("tag " << tag);
        CHECK(scene.registry.digest(scene.repository(), tag) == result.output("digest"));
        CHECK(result.output("tags").find(scene.image() + ":" + tag) != std::string::npos);
    }
    CHECK(result.output("tag") == "latest");
    CHECK(sorted(scene.registry.platforms(scene.repository(), "latest")) ==
          std::vector<std::string>{"linux/amd64", "linux/arm64"});
    const auto labels = scene.registry.labels(scene.repository(), "latest");
    CHECK(labels.at("org.opencontainers.image.revision") == scene.commits.base);
    CHECK_FALSE(labels.contains("dev.pr-image.number"));
}

TEST_CASE("a feature branch's image has a clean tag, and a label with the branch's real name") {
    Scene scene;
    scene.push(copy_only_app(), "feature/Add_New-Feature");
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    const std::string tag = "feature-add-new-feature-" + scene.commits.base.substr(0, 7);
    CHECK(result.output("tag") == tag);
    CHECK(scene.registry.tags(scene.repository()) == std::vector{tag});
    const auto labels = scene.registry.labels(scene.repository(), tag);
    CHECK(std::ranges::any_of(labels,
                              [](const auto& label) { return label.second == "feature/Add_New-Feature"; }));
}

TEST_CASE("a pushed git tag makes a release's tags") {
    Scene scene;
    scene.commits = Checkout(Repository().full_name()).tag(scene.job.workspace(), copy_only_app(), "v1.2.3");
    scene.job.set_event(push_tag(Repository(), "v1.2.3", scene.commits));
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    CHECK(sorted(scene.registry.tags(scene.repository())) ==
          std::vector<std::string>{"1", "1.2", "1.2.3", "latest"});
}

TEST_CASE("a merge queue's check is pushed under the number of its pull request") {
    Scene scene;
    scene.push(copy_only_app());
    scene.job.set_event(merge_group(Repository(), 42, scene.commits));
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "push");
    CHECK(result.output("tag").starts_with("pr-42-"));
    CHECK(scene.registry.digest(scene.repository(), result.output("tag")) == result.output("digest"));
}

TEST_CASE("runs by hand and by the clock push as a push to their branch does") {
    Scene scene;
    scene.push(copy_only_app());
    for (const auto& event :
         {workflow_dispatch(Repository(), "main", scene.commits), schedule(Repository(), scene.commits)}) {
        INFO("event " << event.name);
        scene.job.set_event(event);
        const Result result = run_checked(scene);
        REQUIRE(result.exit_code == 0);
        CHECK(result.output("tag") == "latest");
        CHECK(scene.registry.digest(scene.repository(), "latest") == result.output("digest"));
    }
}

TEST_CASE("the plan is one line of JSON, and planning does nothing") {
    Scene scene;
    scene.pull_request(copy_only_app());
    Step step = scene.step({{"command", "plan"}, {"probe", "false"}});
    step.network = "none";
    const Result result = scene.job.run(step);
    check_manners(scene, result);
    REQUIRE(result.exit_code == 0);
    std::string out = result.out;
    while (out.ends_with('\n'))
        out.pop_back();
    const auto plan = boost::json::parse(out.substr(out.rfind('\n') + 1));
    CHECK(plan.at("version").as_int64() == 1);
    CHECK(plan.at("strategy").as_string() == "push");
    CHECK(plan.at("image").as_string() == scene.image());
    CHECK(plan.at("tags").at(0).as_string() == scene.image() + ":" + scene.tag());
    CHECK(plan.at("argv").at(0).as_string() == "docker");
    CHECK(boost::json::parse(result.output("plan")) == plan);
    CHECK(scene.ghcr.requests().empty());
    CHECK(scene.engine.images(scene.image()).empty());
}

}  // namespace
}  // namespace pr_image::e2e
