#include "e2e/manners.hpp"
#include "e2e/process_watch.hpp"
#include "e2e/scene.hpp"

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <filesystem>
#include <thread>

namespace pr_image::e2e {
namespace {

using namespace std::chrono_literals;

/// A number of seconds that no other process on this host sleeps.
constexpr std::string_view kLongSleep = "86377.5";

Files sleeping_app() {
    return busybox_app("RUN echo going to sleep && exec sleep " + std::string(kLongSleep) + "\n");
}

/// What a cancelled step has to leave: nothing.
void check_nothing_left(const Scene& scene, const RunningStep& step) {
    CHECK_FALSE(scene.engine.container_id(step.container()));
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (count_processes_with(kLongSleep) > 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(100ms);
    }
    CHECK(count_processes_with(kLongSleep) == 0);
    for (const auto& [path, content] : scene.files_left()) {
        INFO(path);
        CHECK_FALSE(scene.holds_secret(content));
        CHECK(std::filesystem::path(path).filename() != "config.json");
    }
    CHECK(scene.registry.tags(scene.repository()).empty());
    CHECK(scene.engine.images(scene.image()).empty());
}

std::string last_line(const Result& result) {
    return result.log.empty() ? std::string() : result.log.back();
}

TEST_CASE("SIGTERM in the middle of a build ends it within its grace, says so, and leaves nothing") {
    Scene scene;
    scene.pull_request(sleeping_app());
    RunningStep step(scene.job, scene.step());
    REQUIRE(step.wait_for("going to sleep", 60s));
    REQUIRE(step.wait_until([] { return count_processes_with(kLongSleep) > 0; }, 10s));
    const auto began = std::chrono::steady_clock::now();
    step.signal(SIGTERM);
    const Result result = step.finish(30s);
    CHECK(std::chrono::steady_clock::now() - began < 12s);
    check_manners(scene, result);
    CHECK(result.exit_code == 128 + SIGTERM);
    CHECK(last_line(result).find("SIGTERM") != std::string::npos);
    CHECK_FALSE(result.outputs.contains("digest"));
    check_nothing_left(scene, step);
}

TEST_CASE("a cancelled job ends at the first of the runner's signals") {
    Scene scene;
    scene.pull_request(sleeping_app());
    RunningStep step(scene.job, scene.step());
    REQUIRE(step.wait_for("going to sleep", 60s));
    REQUIRE(step.wait_until([] { return count_processes_with(kLongSleep) > 0; }, 10s));
    const auto began = std::chrono::steady_clock::now();
    const Result result = step.cancel();
    CHECK(std::chrono::steady_clock::now() - began < 7500ms);
    check_manners(scene, result);
    CHECK(result.exit_code == 128 + SIGINT);
    CHECK(last_line(result).find("SIGINT") != std::string::npos);
    check_nothing_left(scene, step);
}

}  // namespace
}  // namespace pr_image::e2e
