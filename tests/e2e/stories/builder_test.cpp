#include "e2e/buildkit.hpp"
#include "e2e/handover.hpp"
#include "e2e/manners.hpp"
#include "e2e/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

namespace pr_image::e2e {
namespace {

using namespace std::chrono_literals;

/// What the Dockerfile's last step prints before it sleeps; its name, which has these words too, ends
/// otherwise.
constexpr std::string_view kAsleep = "going to sleep";

/// An image whose step sleeps when `asleep` says so, a condition of the shell.
Files sleeping_app(std::string_view options, std::string_view asleep) {
    return busybox_app(
        fmt::format("RUN {} if {}; then echo {}; exec sleep 86378.5; fi\n", options, asleep, kAsleep));
}

/// Kills the builder's container as soon as the step has gone to sleep for the `time`th time.
void kill_builder(RunningStep& step, const Buildkit& buildkit, std::ptrdiff_t time) {
    const auto slept = [&] {
        return std::ranges::count_if(step.displayed(),
                                     [](const std::string& line) { return line.ends_with(kAsleep); });
    };
    REQUIRE(step.wait_until([&] { return slept() == time; }, 60s));
    REQUIRE(buildkit.containers().size() == 1);
    support::run({"docker", "kill", buildkit.containers().front()});
}

TEST_CASE("a docker-container builder pushes, loads and caches in one build; the digest is the registry's") {
    const Buildkit buildkit(Buildkit::Of::kOtherEngine);
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app());
    const auto inputs = buildkit.container_driver(
        {{"load", "true"}, {"provenance", "mode=min,inline-only=true"}, {"reuse", "false"}});
    const Result result = checked(scene, stage.run("first", inputs));
    REQUIRE(result.succeeded());
    CHECK(buildkit.containers() == std::vector<std::string>{builder_container(result)});
    CHECK(result.output("digest") == scene.registry.digest(scene.repository(), scene.tag()));
    CHECK(result.output("ref") == scene.image() + "@" + result.output("digest"));
    CHECK(result.displayed.find(" CACHED") == std::string::npos);

    // Such a provenance is pushed and not loaded: an index there, the image alone here, and two digests.
    const std::string name = scene.image() + ":" + scene.tag();
    REQUIRE(scene.engine.has_image(name));
    CHECK(scene.engine.image_id(name) == result.output("imageid"));
    CHECK(scene.engine.image_id(name) != result.output("digest"));
    CHECK(scene.engine.read_file(name, "/app") == "an app\n");
    CHECK(scene.engine.labels(name).at("dev.pr-image.head-sha") == scene.commits.head);

    // A new builder knows nothing but what GitHub's cache has.
    support::run({"docker", "container", "rm", "--force", builder_container(result)});
    REQUIRE(buildkit.docker({"builder", "prune", "--all", "--force"}).exit_code == 0);
    const Result again = checked(scene, stage.run("second", inputs));
    REQUIRE(again.succeeded());
    CHECK(again.displayed.find(" CACHED") != std::string::npos);
}

TEST_CASE("a docker-container builder that dies in the middle of a build is made anew, once") {
    const Buildkit buildkit(Buildkit::Of::kEngine);
    Scene scene;
    // The cache that the step mounts outlives the builder here, for it is the engine's: asleep the first time
    // only.
    scene.pull_request(sleeping_app(
        fmt::format("--mount=type=cache,id={},target=/seen", scene.folder.path().filename().string()),
        "mkdir /seen/once"));
    RunningStep step(scene.job, scene.step(buildkit.container_driver({{"retry-wait", "0s"}})));
    kill_builder(step, buildkit, 1);
    const Result result = step.finish();
    check_manners(scene, result);
    REQUIRE(result.succeeded());
    const auto warnings = result.of(Annotation::Level::kWarning);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().message.find("the builder went away") != std::string::npos);
    CHECK(warnings.front().message.find("with a new builder") != std::string::npos);
    CHECK(result.output("digest") == scene.registry.digest(scene.repository(), scene.tag()));

    scene.pull_request(sleeping_app({}, "true"));
    RunningStep again(scene.job,
                      scene.step(buildkit.container_driver({{"retry-wait", "0s"}, {"attempts", "2"}})));
    kill_builder(again, buildkit, 1);
    kill_builder(again, buildkit, 2);
    const Result failed = again.finish();
    check_manners(scene, failed);
    CHECK(failed.exit_code == 1);
    CHECK(failed.of(Annotation::Level::kWarning).size() == 1);
    const auto errors = failed.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().property("title") == "Builder lost");
    CHECK(errors.front().message.find("(after 2 attempts)") != std::string::npos);
    CHECK_FALSE(scene.registry.digest(scene.repository(), scene.tag()));
}

TEST_CASE(
    "the post step removes the builder that its step made, with its container and volume, and no other") {
    const Buildkit buildkit(Buildkit::Of::kEngine);
    Scene scene;
    scene.pull_request(copy_only_app());
    const Step keep = scene.step(buildkit.container_driver());
    const Result kept = checked(scene, scene.job.run(keep));
    REQUIRE(kept.succeeded());
    auto inputs = buildkit.container_driver({{"remove-builder", "true"}, {"reuse", "false"}});
    inputs["driver-opts"] += "\nenv.ANOTHER=builder";
    const Step remove = scene.step(inputs);
    const Result removed = checked(scene, scene.job.run(remove));
    REQUIRE(removed.succeeded());
    REQUIRE(builder_container(kept) != builder_container(removed));
    for (const Result* one : {&kept, &removed}) {
        CHECK(scene.engine.container_id(builder_container(*one)));
        CHECK(scene.engine.has_volume(builder_container(*one) + "_state"));
    }

    // The runner runs the post steps in reverse order; two steps of a job may have shared a builder.
    const Result after_removed = checked(scene, scene.job.run(scene.job.post(remove, removed)));
    CHECK(after_removed.exit_code == 0);
    CHECK(after_removed.of(Annotation::Level::kWarning).empty());
    const Result once_more = checked(scene, scene.job.run(scene.job.post(remove, removed)));
    CHECK(once_more.exit_code == 0);
    CHECK(once_more.of(Annotation::Level::kWarning).empty());
    const Result after_kept = checked(scene, scene.job.run(scene.job.post(keep, kept)));
    CHECK(after_kept.exit_code == 0);
    CHECK(after_kept.log.empty());
    CHECK_FALSE(scene.engine.container_id(builder_container(removed)));
    CHECK_FALSE(scene.engine.has_volume(builder_container(removed) + "_state"));
    CHECK(scene.engine.container_id(builder_container(kept)));
    CHECK(scene.engine.has_volume(builder_container(kept) + "_state"));
}

}  // namespace
}  // namespace pr_image::e2e
