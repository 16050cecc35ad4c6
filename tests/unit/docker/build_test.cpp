#include "docker/build.hpp"

#include "samples.hpp"
#include "unit/folder.hpp"
#include "unit/process/run_command.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

using namespace pr_image;
using docker::BuildCommand;
using docker::BuildResult;
using test::Folder;

namespace {

struct Rig {
    Folder folder;
    std::vector<std::string> shown;
    boost::asio::io_context loop;
    process::Interruption interruption{loop.get_executor()};
    std::chrono::milliseconds time_limit{0};
    std::chrono::milliseconds cache_export_patience = docker::kCacheExportPatience;

    /// Runs a build whose buildx is this shell script.
    Result<BuildResult> build(const std::string& script) {
        BuildCommand command{.argv = {"/bin/sh", "-c", script},
                             .environment = {"PATH=/usr/bin:/bin"},
                             .directory = folder.path(),
                             .metadata_file = folder.path("metadata.json"),
                             .time_limit = time_limit,
                             .cache_export_patience = cache_export_patience};
        Result<BuildResult> result = BuildResult{};
        test::on_loop(loop, [&]() -> boost::asio::awaitable<void> {
            result = co_await docker::run_build(
                command,
                [this](std::string_view line) {
                    shown.emplace_back(line);
                    if (line == "stop me") interruption.raise(SIGTERM);
                },
                &interruption);
        });
        return result;
    }
};

std::string sample_path(const std::string& name) {
    return (std::filesystem::path(__FILE__).parent_path() / "data" / (name + ".rawjson")).string();
}

}  // namespace

TEST_CASE("a build gives its log as it comes, and then what buildx says of the image") {
    Rig rig;
    const std::string digest = "sha256:" + std::string(64, 'b');
    const auto result =
        rig.build("cat " + sample_path("checks") + " >&2; printf '{\"containerimage.digest\":\"" + digest +
                  "\"}' > metadata.json; echo ignored");
    REQUIRE(result);
    CHECK(result->exit.ok());
    CHECK_FALSE(result->failure);
    CHECK(result->metadata.digest == Digest::parse(digest).value());
    CHECK(result->checks.size() == 5);
    CHECK(result->steps.steps == 1);
    CHECK(rig.shown.front() == "#1 [internal] load build definition from Dockerfile");
}

TEST_CASE("the answer to a call is shown, and what a check found is a finding at its line") {
    const std::string answer =
        R"({"result.json":{"warnings":[{"ruleName":"StageNameCasing","detail":"Stage name 'Base' should be lowercase",)"
        R"("url":"https://docs.docker.com/x","location":{"ranges":[{"start":{"line":3},"end":{"line":4}}]}},)"
        R"({"ruleName":"FromAsCasing","detail":"as","location":{"sourceIndex":9}},{"detail":"no rule"},7],)"
        R"("sources":[{"filename":"Dockerfile"}]},"result.statuscode":"1"})";
    const std::string script =
        "echo 'Check complete, 2 warnings have been found!'; printf '\033[31mWARNING\033[0m\n'; "
        "cat > metadata.json <<'END'\n" +
        answer + "\nEND\n";
    Rig rig;
    const auto failed = rig.build(script + "exit 1");
    REQUIRE(failed);
    CHECK(rig.shown == std::vector<std::string>{"Check complete, 2 warnings have been found!", "WARNING"});
    REQUIRE(failed->failure);
    CHECK(failed->failure->kind == docker::FailureKind::checks);
    CHECK(failed->failure->reason.starts_with("2 findings"));
    CHECK(docker::to_error(*failed->failure).what == "Dockerfile check failed");
    REQUIRE(failed->checks.size() == 2);
    CHECK(failed->checks[0].message == "StageNameCasing: Stage name 'Base' should be lowercase");
    CHECK(failed->checks[0].file == "Dockerfile");
    CHECK(failed->checks[0].line == 3);
    CHECK(failed->checks[1].file.empty());
    CHECK(failed->checks[1].line == 0);

    // buildx itself says whether a finding fails the step.
    const auto passed = rig.build(script);
    REQUIRE(passed);
    CHECK(passed->exit.ok());
    CHECK(passed->checks.size() == 2);

    const auto broken =
        rig.build(script + "echo 'ERROR: failed to build: no builder \"x\" found' >&2; exit 1");
    REQUIRE(broken);
    CHECK(broken->failure->kind == docker::FailureKind::engine);
}

TEST_CASE("a build that fails is a result with the reason") {
    Rig rig;
    const auto result = rig.build("cat " + sample_path("failed_step") + " >&2; exit 1");
    REQUIRE(result);
    CHECK(result->exit.code == 1);
    REQUIRE(result->failure);
    CHECK(result->failure->reason == "exit code: 3");
    CHECK(result->failure->line == 3);
    CHECK_FALSE(result->metadata.digest);
}

TEST_CASE("a buildx that ends without a word still gives a reason") {
    Rig rig;
    const auto result = rig.build("exit 42");
    REQUIRE(result);
    REQUIRE(result->failure);
    CHECK(result->failure->reason == "exit code 42");
}

TEST_CASE("an interrupted build ends as interrupted") {
    Rig rig;
    const auto result = rig.build(
        "trap 'echo \"ERROR: failed to build: something\" >&2; exit 130' TERM; echo 'stop me' >&2; "
        "while :; do sleep 0.01; done");
    REQUIRE(result);
    CHECK(result->exit.code == 130);
    REQUIRE(result->failure);
    CHECK(result->failure->kind == docker::FailureKind::interrupted);
}

namespace {

std::string vertex(const std::string& name, const std::string& more = "") {
    return R"(echo '{"vertexes":[{"digest":"sha256:1","name":")" + name +
           R"(","started":"2026-11-21T03:54:30Z")" + more + "}]}' >&2; ";
}

const std::string kUntilTold = "trap 'exit 130' TERM; while :; do sleep 0.01; done";

}  // namespace

TEST_CASE("a build whose time is over is told to end, and hung when it had nothing to say") {
    Rig rig;
    rig.time_limit = std::chrono::milliseconds(300);
    const auto hung = rig.build(kUntilTold);
    REQUIRE(hung);
    REQUIRE(hung->failure);
    CHECK(hung->exit.code == 130);
    CHECK(hung->failure->kind == docker::FailureKind::timed_out);
    CHECK(hung->failure->cause == docker::FailureCause::timeout);

    rig.time_limit = std::chrono::seconds(3);
    const auto busy = rig.build("trap 'exit 130' TERM; while :; do echo '#1 at work' >&2; sleep 0.01; done");
    REQUIRE(busy);
    REQUIRE(busy->failure);
    CHECK(busy->failure->kind == docker::FailureKind::timed_out);
    CHECK(busy->failure->cause == docker::FailureCause::lasting);
    CHECK(busy->failure->reason == "the build took longer than 3s");
}

TEST_CASE("a cache that is written without progress is given up, and what was pushed is known") {
    Rig rig;
    rig.cache_export_patience = std::chrono::milliseconds(200);
    const std::string digest = "sha256:" + std::string(64, 'b');
    const std::string pushed =
        R"(echo '{"statuses":[{"id":"pushing manifest for r.io/a:b@)" + digest +
        R"(","vertex":"sha256:1","started":"2026-11-21T03:54:30Z","completed":"2026-11-21T03:54:31Z"}]}' >&2; )";
    const auto stalled = rig.build(vertex("exporting to image") + pushed +
                                   "echo '{\"vertexes\":[{\"digest\":\"sha256:2\",\"name\":\"exporting to "
                                   "GitHub Actions Cache\",\"started\":\"2026-11-21T03:54:31Z\"}]}' >&2; " +
                                   kUntilTold);
    REQUIRE(stalled);
    REQUIRE(stalled->failure);
    CHECK(stalled->failure->kind == docker::FailureKind::cache_export);
    CHECK(stalled->pushed == std::map<std::string, std::string>{{"r.io/a:b", digest}});
}

TEST_CASE("a step may be silent for longer than a cache export") {
    Rig rig;
    rig.cache_export_patience = std::chrono::milliseconds(50);
    const auto result = rig.build(vertex("[2/2] RUN sleep") + "sleep 0.5; exit 3");
    REQUIRE(result);
    CHECK(result->exit.code == 3);
    const auto ended =
        rig.build(vertex("exporting to GitHub Actions Cache") +
                  vertex("exporting to GitHub Actions Cache", R"(,"completed":"2026-11-21T03:54:31Z")") +
                  "sleep 0.5; exit 3");
    REQUIRE(ended);
    CHECK(ended->exit.code == 3);
}

TEST_CASE("malformed metadata of a build that worked is an error") {
    Rig rig;
    CHECK_FALSE(rig.build("echo '{' > metadata.json"));
}

TEST_CASE("an annotation is put on this build's Dockerfile and on no other file") {
    struct Row {
        std::string reported, file, context, path;
    };
    const std::vector<Row> rows{
        {"Dockerfile", "", "/w", "Dockerfile"},
        {"Dockerfile", "", "/w/app", "app/Dockerfile"},
        {"Dockerfile.dev", "/w/docker/Dockerfile.dev", "/w", "docker/Dockerfile.dev"},
        {"Dockerfile", "/w/docker/Dockerfile.dev", "/w", ""},
        {"../secret", "", "/w", ""},
        {"Dockerfile", "", "/elsewhere", ""},
        {"Dockerfile", "", "https://github.com/a/b.git", ""},
        {"a\nb", "/w/a\nb", "/w", ""},
        {"", "", "/w", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.reported, row.file, row.context);
        plan::BuildRequest request;
        request.file = {row.file};
        request.context = {row.context};
        CHECK(docker::dockerfile_path(row.reported, request, "/w") == row.path);
    }
}
