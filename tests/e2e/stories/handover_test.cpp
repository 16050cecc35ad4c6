#include "e2e/handover.hpp"

#include "e2e/manners.hpp"
#include "support/child_process.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pr_image::e2e {
namespace {

using namespace std::chrono_literals;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void remove_checkout(const Scene& scene) {
    for (const auto& entry : std::filesystem::directory_iterator(scene.job.workspace()))
        std::filesystem::remove_all(entry.path());
}

/// How often the artifact service was asked for that.
std::ptrdiff_t count_calls(const Handover& stage, const std::string& method) {
    return std::ranges::count_if(stage.results.requests(), [&](const fakes::Seen& request) {
        return request.target.ends_with("ArtifactService/" + method);
    });
}

std::string error_of(const Result& result) {
    const auto errors = result.of(Annotation::Level::kError);
    return errors.empty() ? std::string() : errors.front().message;
}

/// What the README's test jobs run: a stage `app` whose working folder has a `test.sh`. It shares no layer
/// with an image that the engine has.
Files tested_app() {
    return {
        {"Dockerfile",
         "FROM scratch AS app\nCOPY --from=busybox:stable / /\nWORKDIR /app\nCOPY --chmod=0755 test.sh .\n"},
        {"test.sh", "#!/bin/sh\necho tested \"$@\"\n"}};
}

/// Runs a `run:` step as the runner does on its own machine, or in the job's container.
std::string run_step(const std::string& run, const std::string& container = {}) {
    std::vector<std::string> command{"sh", "-e", "-c", run};
    if (!container.empty()) {
        const std::vector<std::string> in_container{"docker",    "run",          "--rm",
                                                    "--workdir", "/__w/App/App", container};
        command.insert(command.begin(), in_container.begin(), in_container.end());
    }
    return support::run(command).out;
}

/// The README's test jobs, one for each suite, on machines of their own.
void play_test_jobs(Handover& stage, const std::function<void(const Result& pulled)>& check) {
    const Recipe& recipe = later_job("  test:");
    const WorkflowJob& job = *recipe.workflow.job("test");
    CHECK(job.matrix.size() == 3);
    for (const auto& combination : job.matrix) {
        const auto contexts = matrix_contexts(combination);
        const Result pulled =
            checked(stage.scene, stage.pull(combination.at("suite"), stage.inputs(recipe, "test", contexts)));
        REQUIRE(pulled.succeeded());
        check(pulled);
        CHECK(run_step(evaluate(job.steps.back().run, contexts)) ==
              "tested " + combination.at("suite") + "\n");
        stage.scene.engine.remove_image("test-standard:latest");
    }
}

TEST_CASE(
    "README: an image that was pushed is pulled by every test job of a matrix, exactly as it was built") {
    Handover stage;
    Scene& scene = stage.scene;
    const Recipe& recipe = workflow_to_copy();
    scene.pull_request(tested_app());
    const Result built = checked(scene, stage.run("image", stage.inputs(recipe, "image")));
    REQUIRE(built.succeeded());
    CHECK(built.output("available") == "true");
    CHECK(built.output("artifact-name").empty());
    const WorkflowJob& in_container = *recipe.workflow.job("test");
    const std::string container = evaluate(in_container.container, outputs_of(recipe, "image", built));
    CHECK(container == scene.image() + "@" + built.output("digest"));
    CHECK(run_step(in_container.steps.back().run, container) == "tested\n");
    remove_checkout(scene);

    const std::set<std::string> blobs = scene.registry.blobs(scene.repository(), scene.tag());
    CHECK(blobs.size() > 1);
    std::multiset<std::string> given = scene.ghcr.blobs_given(scene.repository());
    play_test_jobs(stage, [&](const Result& pulled) {
        const std::multiset<std::string> before =
            std::exchange(given, scene.ghcr.blobs_given(scene.repository()));
        for (const std::string& blob : blobs) {
            INFO("a machine without the image has to be given all of it: " << blob);
            CHECK(given.count(blob) > before.count(blob));
        }
        CHECK(pulled.output("source") == "registry");
        CHECK(pulled.output("digest") == built.output("digest"));
        CHECK(pulled.output("ref") == built.output("ref"));
        CHECK(pulled.output("image") == scene.image());
        CHECK_FALSE(pulled.output("seconds").empty());
        const std::string id = scene.engine.image_id(scene.image() + ":" + scene.tag());
        CHECK(pulled.output("imageid") == id);
        CHECK(scene.engine.image_id("test-standard:latest") == id);
    });
}

TEST_CASE("README: a fork's image reaches every test job as an artifact, and no registry hears of it") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(tested_app(), {{"change", "1\n"}}, from_fork());
    const Result built = checked(scene, stage.run("image", stage.inputs(workflow_to_copy(), "image")));
    REQUIRE(built.succeeded());
    CHECK(built.output("strategy") == "fallback");
    CHECK(built.output("available") == "true");
    const auto artifacts = stage.artifacts();
    REQUIRE(artifacts.size() == 1);
    CHECK(built.output("artifact-name") == artifacts.front().name);
    CHECK(built.output("artifact-id") == std::to_string(artifacts.front().id));
    CHECK(built.output("artifact-digest") == artifacts.front().digest);
    CHECK(std::filesystem::file_size(scene.job.temp() / built.output("artifact-path")) ==
          artifacts.front().size);
    CHECK(scene.ghcr.writes().empty());
    remove_checkout(scene);

    play_test_jobs(stage, [&](const Result& pulled) {
        CHECK(pulled.output("source") == "artifact");
        CHECK(contains(pulled.displayed, "Not from registry: "));
        CHECK(scene.engine.labels("test-standard:latest").at("dev.pr-image.head-sha") == scene.commits.head);
    });
}

TEST_CASE("when a fork's artifact is gone, a test job builds the image again from the cache") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(busybox_app("RUN echo step one > /one\nRUN echo step two > /two\n"),
                       {{"change", "1\n"}}, from_fork());
    REQUIRE(checked(scene, stage.run("build", {{"cache", "gha"}})).succeeded());
    stage.results.with_artifacts([](fakes::ArtifactService& service) { service.artifacts().clear(); });

    const Result pulled =
        checked(scene, stage.pull("unit", {{"cache", "gha"}, {"as", "test-standard:latest"}}));
    REQUIRE(pulled.succeeded());
    CHECK(pulled.output("source") == "cache");
    CHECK(contains(pulled.displayed, "Not from artifact: "));
    int steps = 0;
    for (const std::string& line : pulled.log) {
        if (line.starts_with("#") && line.ends_with(" CACHED")) ++steps;
    }
    CHECK(steps >= 2);
    CHECK(scene.engine.read_file("test-standard:latest", "/two") == "step two\n");
    scene.engine.remove_image("test-standard:latest");
}

TEST_CASE("an image of another commit is refused, with both commits named") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app());
    const std::map<std::string, std::string> one_tag{{"pr-tag", "pr-{number}"}};
    REQUIRE(checked(scene, stage.run("build", one_tag)).succeeded());
    const std::string old = scene.commits.head;

    scene.pull_request(copy_only_app(), {{"change", "2\n"}});
    REQUIRE(scene.commits.head != old);
    const Result pulled =
        checked(scene, stage.pull("unit", {{"pr-tag", "pr-{number}"}, {"handover", "registry"}}));
    CHECK_FALSE(pulled.succeeded());
    CHECK(contains(error_of(pulled), old));
    CHECK(contains(error_of(pulled), scene.commits.head));
    CHECK(scene.engine.images(scene.image()).empty());
}

TEST_CASE("an image that is only for other platforms than the engine's is refused") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app());
    REQUIRE(checked(scene, stage.run("build", {{"pr-platforms", "linux/s390x"}})).succeeded());

    const Result pulled = checked(scene, stage.pull("unit", {{"handover", "registry"}}));
    CHECK_FALSE(pulled.succeeded());
    CHECK(contains(error_of(pulled), "Wrong platform"));
    CHECK(contains(error_of(pulled), "has no image for linux/"));
    CHECK(scene.engine.images(scene.image()).empty());
}

TEST_CASE("another workflow takes a fork's image from the run that built it") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_fork());
    REQUIRE(checked(scene, stage.run("build")).succeeded());
    const std::string name = scene.image() + ":" + scene.tag();
    const std::map<std::string, std::string> with{
        {"ref", name},
        {"sha", scene.commits.head},
        {"run-id", std::to_string(stage.artifacts().front().run_id)}};
    remove_checkout(scene);
    scene.job.set_event(workflow_dispatch(Repository(), "main", scene.commits));

    const Result refused = checked(scene, stage.pull("preview", with));
    CHECK_FALSE(refused.succeeded());
    CHECK(contains(refused.displayed, "actions: read"));

    std::map<std::string, std::string> allowed = with;
    allowed["token"] = fakes::ResultsService::kRestToken;
    const Result pulled = checked(scene, stage.pull("preview", allowed));
    REQUIRE(pulled.succeeded());
    CHECK(pulled.output("source") == "artifact");
    CHECK(scene.engine.read_file(name, "/app") == "an app\n");
}

TEST_CASE("README: an image that is pushed, or reused, is an artifact, too, when the workflow wants one") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app());
    const auto with = stage.inputs(later_job("artifact: always"), "image");
    const Result built = checked(scene, stage.run("build", with));
    REQUIRE(built.succeeded());
    CHECK(built.output("pushed") == "true");
    CHECK(stage.artifacts().size() == 1);
    stage.results.with_artifacts([](fakes::ArtifactService& service) { service.artifacts().clear(); });
    stage.forget_images();

    const Result again = checked(scene, stage.run("build", with));
    REQUIRE(again.succeeded());
    CHECK(again.output("reused") == "true");
    CHECK(again.output("digest") == built.output("digest"));
    CHECK(again.output("artifact-name") == built.output("artifact-name"));
    const Result pulled = checked(scene, stage.pull("unit", {{"handover", "artifact"}}));
    REQUIRE(pulled.succeeded());
    CHECK(pulled.output("source") == "artifact");
    CHECK(scene.engine.read_file(scene.image() + ":" + scene.tag(), "/app") == "an app\n");
}

TEST_CASE("an artifact with one wrong byte is refused, and the next source is used") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_fork());
    const Result built = checked(scene, stage.run("build"));
    REQUIRE(built.succeeded());
    stage.results.flip_byte(stage.artifacts().front().id, 700);

    const Result refused = checked(scene, stage.pull("lint", {{"handover", "artifact"}}));
    CHECK_FALSE(refused.succeeded());
    CHECK(scene.engine.images(scene.image()).empty());

    const Result pulled = checked(scene, stage.pull("unit"));
    REQUIRE(pulled.succeeded());
    CHECK(pulled.output("source") == "cache");
    CHECK(contains(pulled.displayed, "Not from artifact: "));
}

TEST_CASE("README: a preview in another repository waits for the image that is still being built") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app());
    Repository elsewhere;
    elsewhere.name = "Preview";
    elsewhere.id = 4711;
    const Recipe& recipe = later_job("repository_dispatch");
    const Event event =
        repository_dispatch(elsewhere, recipe.workflow.on.at("repository_dispatch").types.at(0),
                            {{"number", 42}, {"sha", scene.commits.head}}, {.base = std::string(40, 'f')});
    auto with = stage.inputs(recipe, "preview", event_contexts(boost::json::serialize(event.payload)));

    const auto preview_job = scene.job.another(event);
    RunningStep pulling = preview_job->start(stage.step("preview", with));
    REQUIRE(pulling.wait_for("Waiting up to", 20s));
    const Result built = checked(scene, stage.run("build", {{"command", "build"}}));
    REQUIRE(built.succeeded());
    const Result pulled = checked(scene, pulling.finish());
    REQUIRE(pulled.succeeded());
    CHECK(pulled.output("source") == "registry");
    CHECK(pulled.output("digest") == built.output("digest"));
    CHECK(contains(pulled.displayed, "Waited "));
    CHECK(scene.engine.read_file("preview:latest", "/app") == "an app\n");
    scene.engine.remove_image("preview:latest");
}

TEST_CASE("a registry that is down for five seconds is waited for") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app());
    const Result built = checked(scene, stage.run("build"));
    REQUIRE(built.succeeded());
    stage.forget_everything();
    const std::size_t given = scene.ghcr.blobs_given(scene.repository()).size();
    scene.ghcr.out_of_service(true);
    RunningStep pulling =
        scene.job.start(stage.step("unit", {{"command", "pull"}, {"handover", "registry"}, {"wait", "90s"}}));
    // It has asked, and what it was told is no image.
    REQUIRE(pulling.wait_for("Waiting up to", 30s));
    std::this_thread::sleep_for(5s);
    CHECK(scene.ghcr.blobs_given(scene.repository()).size() == given);
    scene.ghcr.out_of_service(false);
    const Result pulled = checked(scene, pulling.finish());
    REQUIRE(pulled.succeeded());
    CHECK(pulled.output("digest") == built.output("digest"));
    CHECK(contains(pulled.displayed, "Waited "));
}

TEST_CASE("two jobs that upload at once do not disturb each other") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_fork());
    const auto other_job = scene.job.another();
    std::filesystem::copy(scene.job.workspace(), other_job->workspace(),
                          std::filesystem::copy_options::recursive);
    // No block is acknowledged before both are about to send theirs.
    const auto both_upload = [&] { return count_calls(stage, "CreateArtifact") == 2; };
    stage.results.add_fault({.kind = fakes::Fault::Kind::delay,
                             .method = "PUT",
                             .times = -1,
                             .delay = 50ms,
                             .until = both_upload});
    RunningStep one = scene.job.start(stage.step("build-a", {{"variant", "a"}}));
    RunningStep other = other_job->start(stage.step("build-b", {{"variant", "b"}}));
    const Result first = one.finish();
    const Result second = other.finish();
    REQUIRE(first.succeeded());
    REQUIRE(second.succeeded());
    CHECK(count_calls(stage, "FinalizeArtifact") == 2);
    CHECK(stage.artifacts().size() == 2);
    CHECK(first.output("artifact-name") != second.output("artifact-name"));
    for (const Result* built : {&first, &second}) {
        CHECK(std::ranges::any_of(stage.artifacts(), [&](const fakes::StoredArtifact& artifact) {
            return artifact.name == built->output("artifact-name") &&
                   artifact.digest == built->output("artifact-digest");
        }));
    }
}

TEST_CASE("an artifact's name that another job has taken stays that job's, and one's own is replaced") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_fork());
    const Result first = checked(scene, stage.run("build"));
    REQUIRE(first.succeeded());
    const Result again = checked(scene, stage.run("build"));
    REQUIRE(again.succeeded());
    CHECK(again.output("artifact-id") != first.output("artifact-id"));

    const Result foreign = checked(scene, stage.run("another"));
    CHECK_FALSE(foreign.succeeded());
    CHECK(contains(error_of(foreign), "another job"));
    REQUIRE(stage.artifacts().size() == 1);
    CHECK(std::to_string(stage.artifacts().front().id) == again.output("artifact-id"));
}

TEST_CASE("when no source has the image, one error has every reason") {
    Handover stage;
    Scene& scene = stage.scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_fork());
    remove_checkout(scene);
    const Result pulled = checked(scene, stage.pull("unit"));
    CHECK_FALSE(pulled.succeeded());
    const std::string error = error_of(pulled);
    CHECK(contains(error, "registry: "));
    CHECK(contains(error, "artifact: "));
    CHECK(contains(error, "cache: "));
    CHECK(pulled.of(Annotation::Level::kError).size() == 1);
}

}  // namespace
}  // namespace pr_image::e2e
