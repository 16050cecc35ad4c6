#include "e2e/buildkit.hpp"
#include "e2e/handover.hpp"
#include "e2e/manners.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <map>
#include <string>

namespace pr_image::e2e {
namespace {

Files app_and_cookbook() {
    return {{"Dockerfile", "FROM busybox:stable AS app\nCOPY app /app\n"},
            {"app", "an app\n"},
            {"cookbook/Dockerfile",
             "ARG BASE_IMAGE=nothing.invalid/base\nFROM ${BASE_IMAGE}\nRUN cp /app /cooked\n"}};
}

TEST_CASE("README: an image is built on top of the pull request's image, pushed or not") {
    const bool fork = GENERATE(false, true);
    CAPTURE(fork);
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(app_and_cookbook(), {{"change", "1\n"}}, fork ? from_fork() : PullRequestSpec());
    const Result base = checked(scene, stage.run("image", stage.inputs(workflow_to_copy(), "image")));
    REQUIRE(base.succeeded());
    stage.forget_everything();

    const Result built =
        checked(scene, stage.run("cookbook", stage.inputs(later_job("cookbook:"), "cookbook")));
    REQUIRE(built.succeeded());
    CHECK(built.output("strategy") == (fork ? "fallback" : "push"));
    CHECK(built.output("available") == "true");
    CHECK(scene.engine.read_file("cookbook:latest", "/cooked") == "an app\n");
    scene.engine.remove_image("cookbook:latest");
}

TEST_CASE("a builder that cannot see the engine's images builds on the pull request's image all the same") {
    const bool fork = GENERATE(false, true);
    CAPTURE(fork);
    const Buildkit buildkit(Buildkit::Of::kOtherEngine);
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(app_and_cookbook(), {{"change", "1\n"}}, fork ? from_fork() : PullRequestSpec());
    const Result base = checked(scene, stage.run("build"));
    REQUIRE(base.succeeded());
    const std::string name = scene.image() + ":" + base.output("tag");
    // The engine has the base, and so a builder of the engine would find it; this one has a store of its own.
    REQUIRE(scene.engine.has_image(name));
    REQUIRE(buildkit.docker({"image", "inspect", name}).exit_code != 0);

    auto cookbook = stage.inputs(later_job("cookbook:"), "cookbook");
    cookbook["cache"] = "none";
    auto inputs = buildkit.container_driver(cookbook);
    inputs["load"] = "true";
    const Result built = checked(scene, stage.run("cookbook", inputs));
    REQUIRE(built.succeeded());
    CHECK(built.output("strategy") == (fork ? "fallback" : "push"));
    CHECK(scene.engine.read_file("cookbook:latest", "/cooked") == "an app\n");
    CHECK(scene.engine.has_image(scene.image() + ":" + built.output("tag")));
    const auto pushed = scene.registry.digest(scene.repository(), built.output("tag"));
    CHECK(pushed.value_or("") == built.output("digest"));
    CHECK(pushed.has_value() != fork);
    scene.engine.remove_image("cookbook:latest");
}

TEST_CASE("a base that nobody built is an error that says where it was looked for") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(app_and_cookbook());
    const Result built =
        checked(scene, stage.run("cookbook", stage.inputs(later_job("cookbook:"), "cookbook")));
    CHECK_FALSE(built.succeeded());
    const auto errors = built.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message.find("registry: ") != std::string::npos);
    CHECK(errors.front().message.find("artifact: ") != std::string::npos);
}

}  // namespace
}  // namespace pr_image::e2e
