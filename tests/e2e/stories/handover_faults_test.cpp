#include "e2e/handover.hpp"
#include "e2e/manners.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

namespace pr_image::e2e {
namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string error_of(const Result& result) {
    const auto errors = result.of(Annotation::Level::kError);
    return errors.empty() ? std::string() : errors.front().property("title") + ": " + errors.front().message;
}

bool nothing_left(const Scene& scene) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scene.job.temp())) {
        if (entry.path().string().find(".part") != std::string::npos) return false;
    }
    return scene.engine.images(scene.image()).empty();
}

/// Whether BuildKit's own client came that far.
bool asked_for(const Handover& stage, const std::string& method) {
    return std::ranges::any_of(stage.results.requests(), [&](const fakes::Seen& request) {
        return request.target.ends_with("CacheService/" + method);
    });
}

TEST_CASE("a token without the Results scope ends the producer with one clear error") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_fork());
    Step step = stage.step("build");
    step.env["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token({.results = false});
    const Result built = checked(scene, scene.job.run(step));
    CHECK_FALSE(built.succeeded());
    CHECK(built.of(Annotation::Level::kError).size() == 1);
    CHECK(stage.artifacts().empty());
}

TEST_CASE("an artifact that is not the image is refused, and nothing of it reaches the engine") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_fork());
    const std::string name = "pr-image-acme-app-" + scene.tag() + ".tar";
    const auto [content, type] =
        GENERATE(table<std::string, std::string>({{"this is no tar at all", "application/x-tar"},
                                                  {std::string(10240, '\0'), "application/x-tar"},
                                                  {"PK\x03\x04 and no more", "application/zip"}}));
    stage.results.with_artifacts(
        [&](fakes::ArtifactService& service) { service.add({.job = "somebody"}, name, content, type); });
    const Result pulled = checked(scene, stage.pull("unit", {{"handover", "artifact"}}));
    CHECK_FALSE(pulled.succeeded());
    CHECK(contains(error_of(pulled), "artifact: "));
    CHECK(nothing_left(scene));
}

TEST_CASE("a cache of another ref may not be written, which costs a warning, not the build") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(busybox_app("RUN echo one > /one\n"));
    stage.cache_scopes = {{"refs/pull/42/merge", 1}, {"refs/pull/42/head", 2}};
    const Result built = checked(scene, stage.run("build", {{"cache", "gha"}}));
    REQUIRE(built.succeeded());
    const auto warnings = built.of(Annotation::Level::kWarning);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().property("title") == "Cache not written");
    CHECK(asked_for(stage, "CreateCacheEntry"));
    stage.results.with_cache([](fakes::CacheService& service) { CHECK(service.entries().empty()); });
}

TEST_CASE("a run that may only read the cache says so, and finds what its base branch has written") {
    Handover stage;
    Scene& scene = stage.scene;
    const Files app = busybox_app("RUN echo one > /one\n");
    stage.cache_scopes = {{"refs/heads/main", 3}};
    stage.cache_ref = "refs/heads/main";
    scene.push(app);
    REQUIRE(checked(scene, stage.run("build", {{"cache", "gha"}, {"target", ""}})).succeeded());

    stage.forget_everything();
    stage.cache_ref = "refs/pull/42/merge";
    stage.cache_scopes = {{"refs/pull/42/merge", 1}, {"refs/heads/main", 1}};
    scene.pull_request(app);
    const Result built = checked(scene, stage.run("build", {{"cache", "gha"}}));
    REQUIRE(built.succeeded());
    CHECK(contains(built.displayed, "The cache is not written"));
    CHECK(contains(built.displayed, "CACHED"));
}

TEST_CASE("a cache entry whose blob is gone costs a second build, not the job") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(busybox_app("RUN echo one > /one\n"));
    REQUIRE(checked(scene, stage.run("build", {{"cache", "gha"}})).succeeded());
    stage.results.with_cache([](fakes::CacheService& service) {
        for (const auto& entry : service.entries()) {
            if (entry.key.starts_with("buildkit-blob")) service.lose_blob(entry.key);
        }
    });
    // The engine remembers the steps, too: without that, only the lost entry has them.
    stage.forget_everything();
    const Result built = checked(scene, stage.run("build", {{"cache", "gha"}, {"reuse", "false"}}));
    CHECK(built.succeeded());
    CHECK(contains(built.displayed, "is built once more without type=gha"));
}

}  // namespace
}  // namespace pr_image::e2e
