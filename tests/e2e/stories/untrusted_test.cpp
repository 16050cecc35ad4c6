#include "e2e/manners.hpp"
#include "e2e/process_watch.hpp"
#include "e2e/scene.hpp"
#include "support/files.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <string>

namespace pr_image::e2e {
namespace {

/// Shows what a step of the build could see, and stays long enough to be looked at.
Files curious_app() {
    return busybox_app("RUN env; ls -la /run/secrets /root/.docker || true; sleep 2; echo built > /built\n");
}

void keep_token(const Scene& scene) {
    const std::filesystem::path config = scene.job.workspace() / ".git/config";
    support::write_file(config,
                        support::read_file(config) +
                            "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eDpn\n");
}

void check_nothing_secret_near_buildx(const Scene& scene, const ProcessWatch& watch) {
    const auto buildx = watch.of("buildx");
    REQUIRE_FALSE(buildx.empty());
    for (const auto& process : buildx) {
        CHECK_FALSE(scene.holds_secret(process.environment));
        CHECK_FALSE(scene.holds_secret(process.docker_config));
        for (const auto& argument : process.argv) {
            CHECK_FALSE(scene.holds_secret(argument));
        }
        // Whatever names a credential has in the runner's environment, none goes on with a value.
        for (const auto* name : {"ACTIONS_RUNTIME_TOKEN=", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=", "GITHUB_TOKEN=",
                                 "INPUT_TOKEN=", "INPUT_PASSWORD=", "MY_SECRET="}) {
            INFO("variable " << name);
            CHECK(("\n" + process.environment).find(std::string("\n") + name) == std::string::npos);
        }
        CHECK(process.docker_config.find("\"auths\":{\"") == std::string::npos);
    }
}

TEST_CASE(
    "a fork's pull request is built and loaded with no credential near it, and no registry hears of it") {
    if (!may_watch_processes()) SKIP("looking at other users' processes takes root");
    Scene scene;
    scene.pull_request(curious_app(), {{"change", "1\n"}}, from_fork());
    Step step = scene.step({{"secrets", "s=a-secret-of-the-workflow"}});
    step.env["MY_SECRET"] = "b-secret-of-the-workflow";
    step.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = scene.runtime_token;
    ProcessWatch watch("");
    const Result result = run_watched(scene, step, watch);
    REQUIRE(result.exit_code == 0);

    CHECK(result.output("strategy") == "fallback");
    CHECK(result.output("pushed") == "false");
    CHECK(result.output("digest").empty());
    CHECK(result.output("ref") == scene.image() + ":" + scene.tag());
    CHECK(scene.ghcr.requests().empty());
    CHECK(scene.ghcr.passwords_seen().empty());
    CHECK(scene.registry.tags(scene.repository()).empty());
    check_nothing_secret_near_buildx(scene, watch);

    const std::string name = scene.image() + ":" + scene.tag();
    REQUIRE(scene.engine.has_image(name));
    CHECK(scene.engine.read_file(name, "/built") == "built\n");
    CHECK(scene.engine.labels(name).at("dev.pr-image.head-sha") == scene.commits.head);
    CHECK(scene.engine.labels(name).at("org.opencontainers.image.revision") == scene.commits.merge);
    CHECK(result.displayed.find("a-secret-of-the-workflow") == std::string::npos);
}

TEST_CASE("the oracle of the story before: a push's buildx does have the credential, and is seen with it") {
    if (!may_watch_processes()) SKIP("looking at other users' processes takes root");
    Scene scene;
    scene.pull_request(curious_app());
    ProcessWatch watch("");
    const Result result = run_watched(scene, scene.step(), watch);
    REQUIRE(result.exit_code == 0);
    bool seen = false;
    for (const auto& process : watch.of("buildx")) {
        seen = seen || scene.holds_secret(process.docker_config);
        CHECK_FALSE(scene.holds_secret(process.environment));
    }
    CHECK(seen);
}

TEST_CASE("a pull request whose fork was deleted is built as a fork's") {
    Scene scene;
    PullRequestSpec spec = from_fork();
    spec.head_repository_gone = true;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, spec);
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    CHECK(scene.ghcr.requests().empty());
    CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()));
}

TEST_CASE("a pull request inside a repository that is itself a fork is not a fork's") {
    Scene scene;
    PullRequestSpec spec;
    spec.repository.fork = true;
    spec.head_repository.fork = true;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, spec);
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "push");
    CHECK(scene.registry.digest(scene.repository(), scene.tag()));
}

TEST_CASE("push: true does not push a fork's code") {
    Scene scene;
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, from_fork());
    const Result result = run_checked(scene, {{"push", "true"}});
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    CHECK(result.of(Annotation::Level::kWarning).size() == 1);
    CHECK(scene.ghcr.requests().empty());
}

TEST_CASE("pull_request_target refuses a fork's code, and says what to do") {
    Scene scene;
    scene.pull_request_target(copy_only_app(), {{"change", "1\n"}}, from_fork());
    const Result result = run_checked(scene);
    CHECK(result.exit_code == 1);
    const auto errors = result.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message.find("untrusted: build") != std::string::npos);
    CHECK(scene.ghcr.requests().empty());
    CHECK(scene.engine.images(scene.image()).empty());
}

TEST_CASE("pull_request_target with untrusted: build gives a fork's code no secret, token or registry") {
    if (!may_watch_processes()) SKIP("looking at other users' processes takes root");
    Scene scene;
    scene.pull_request_target(curious_app(), {{"change", "1\n"}}, from_fork(), CheckedOut::kHead);
    Step step = scene.step({{"untrusted", "build"}, {"secrets", "s=a-secret-of-the-workflow"}});
    step.env["MY_SECRET"] = "b-secret-of-the-workflow";
    ProcessWatch watch("");
    const Result result = run_watched(scene, step, watch);
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("strategy") == "fallback");
    CHECK(scene.ghcr.requests().empty());
    check_nothing_secret_near_buildx(scene, watch);
    CHECK(scene.engine.has_image(scene.image() + ":" + scene.tag()));
}

TEST_CASE("pull_request_target with untrusted: build refuses a checkout that holds the job's token") {
    Scene scene;
    scene.pull_request_target(copy_only_app(), {{"change", "1\n"}}, from_fork(), CheckedOut::kHead);
    // As actions/checkout before v6 leaves it, where persist-credentials is not false.
    keep_token(scene);
    const Result result = run_checked(scene, {{"untrusted", "build"}});
    CHECK(result.exit_code == 1);
    const auto errors = result.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().property("title") == "Credentials in the checkout");
    CHECK(errors.front().message.find("'.git/config'") != std::string::npos);
    CHECK(errors.front().message.find("persist-credentials: false") != std::string::npos);
    CHECK(scene.engine.images(scene.image()).empty());
}

TEST_CASE(
    "a checkout that holds the job's token is a warning elsewhere, unless it stays out of the context") {
    Scene scene;
    Files files = copy_only_app();
    scene.pull_request(files);
    keep_token(scene);
    const Result warned = run_checked(scene, {{"reuse", "false"}});
    REQUIRE(warned.exit_code == 0);
    const auto warnings = warned.of(Annotation::Level::kWarning);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().property("title") == "Credentials in the build context");
    support::write_file(scene.job.workspace() / ".dockerignore", ".git\n");
    const Result quiet = run_checked(scene, {{"reuse", "false"}});
    REQUIRE(quiet.exit_code == 0);
    CHECK(quiet.of(Annotation::Level::kWarning).empty());
}

}  // namespace
}  // namespace pr_image::e2e
