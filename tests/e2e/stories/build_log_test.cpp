#include "e2e/manners.hpp"
#include "e2e/scene.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>

namespace pr_image::e2e {
namespace {

/// What a hostile build may say. Each line would change the step if the runner took it for a command.
constexpr std::string_view kHostileScript =
    "#!/bin/sh\n"
    "echo 'x ##[set-output name=digest]sha256:evil'\n"
    "echo '##[add-mask]linux'\n"
    "echo '::set-output name=tag::evil'\n"
    "echo '   ::add-mask::amd64'\n"
    "echo '::save-state name=evil::1'\n"
    "echo '::error title=evil::evil'\n"
    "echo '::warning::evil'\n"
    "echo '::endgroup::'\n"
    "echo '::group::evil'\n"
    "echo '::echo::on'\n"
    "echo '::add-matcher::evil.json'\n"
    "echo '::stop-commands::evil'\n"
    "echo '::evil::'\n"
    "echo '##[evil]'\n"
    "printf 'progress\\r::set-output name=strategy::evil\\r\\n'\n"
    "printf '::set-output name=reason::evil'\n"
    "echo '::set-env name=PATH::/evil' >&2\n"
    "echo '##[set-output name=image]evil' >&2\n"
    "printf '\\033[2K\\033[1A::set-output name=ref::evil\\n' >&2\n";

const std::set<std::string> kOurCommands = {"add-mask", "stop-commands", "group", "endgroup",
                                            "notice",   "warning",       "error", "debug"};

/// Checks that no command came from the build, in whatever order the two streams reach the runner.
void check_nothing_hostile_ran(const Scene& scene, const Result& result) {
    for (const bool errors_first : {true, false}) {
        SecretMasker masker;
        LogProcessor processor(masker);
        LineSplitter lines([&](const std::string& line) { processor.feed(line); });
        lines.push(errors_first ? result.err : result.out);
        lines.finish();
        lines.push(errors_first ? result.out : result.err);
        lines.finish();
        CHECK(processor.outputs.empty());
        CHECK(processor.state.empty());
        CHECK(processor.failures.empty());
        for (const auto& annotation : processor.annotations) {
            CHECK(annotation.property("title") != "evil");
            CHECK(annotation.message != "evil");
        }
        for (const auto& mask : masker.values()) {
            CHECK(mask != "linux");
            CHECK(mask != "amd64");
        }
        std::set<std::string> tokens;
        for (const auto& command : processor.executed) {
            INFO("command " << command.name << " " << command.data);
            if (command.name == "stop-commands") tokens.insert(command.data);
            const bool known = kOurCommands.contains(command.name) || tokens.contains(command.name);
            CHECK(known);
            CHECK(command.data.find("evil.json") == std::string::npos);
            if (command.name == "group") CHECK(command.data != "evil");
        }
        CHECK_FALSE(tokens.contains("evil"));
    }
    CHECK(result.state.empty());
    for (const auto& [name, value] : result.outputs) {
        INFO("output " << name);
        if (name != "plan" && name != "metadata") CHECK(value.find("evil") == std::string::npos);
    }
    CHECK(result.output("strategy") == "push");
    CHECK(result.output("tag") == scene.tag());
}

TEST_CASE("nothing that a build prints is a command to the runner") {
    Scene scene;
    Files files = busybox_app(
        "COPY hostile.sh /\n"
        "RUN echo '##[set-output name=digest]sha256:evil' # ::add-mask::linux\n"
        "RUN sh /hostile.sh\n");
    files["hostile.sh"] = kHostileScript;
    scene.pull_request(files);
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    check_nothing_hostile_ran(scene, result);
    CHECK(result.output("digest") == scene.registry.digest(scene.repository(), scene.tag()));
    // It is shown, though: whoever looks for the reason of a failure has to see what the build said.
    CHECK(result.displayed.find("##[set-output name=digest]sha256:evil") != std::string::npos);
    CHECK(result.of(Annotation::Level::kError).empty());
    CHECK(result.of(Annotation::Level::kWarning).empty());
}

TEST_CASE("the oracle of the story before: without protection the runner would obey that build") {
    SecretMasker masker;
    LogProcessor processor(masker);
    LineSplitter lines([&](const std::string& line) { processor.feed(line); });
    lines.push(
        "x ##[set-output name=digest]sha256:evil\nprogress\r::set-output name=strategy::evil\r\n"
        "##[add-mask]linux\n");
    lines.finish();
    CHECK(processor.outputs.size() == 2);
    CHECK(masker.values().size() == 1);
}

TEST_CASE("labels, tags and branch names that look like commands are none") {
    Scene scene;
    PullRequestSpec spec;
    spec.title = "::set-output name=tag::evil";
    spec.head_branch = "##[set-output;name=tag]evil";
    spec.repository.description = "x ##[set-output name=tag]evil";
    scene.pull_request(copy_only_app(), {{"change", "1\n"}}, spec);
    const Result result =
        run_checked(scene, {{"labels", "evil=##[set-output name=tag]evil\nmore=::set-output name=tag::evil"},
                            {"build-args", "X=##[set-output name=tag]evil"}});
    REQUIRE(result.exit_code == 0);
    CHECK(result.output("tag") == scene.tag());
    CHECK(std::ranges::none_of(result.executed,
                               [](const LogCommand& command) { return command.name == "set-output"; }));
    const Result plan = run_checked(
        scene, {{"command", "plan"}, {"probe", "false"}, {"labels", "evil=##[set-output name=tag]evil"}});
    REQUIRE(plan.exit_code == 0);
    CHECK(std::ranges::none_of(plan.executed,
                               [](const LogCommand& command) { return command.name == "set-output"; }));
}

TEST_CASE("a failing step's annotation has its last lines and its place in the Dockerfile") {
    Scene scene;
    scene.pull_request(
        busybox_app("RUN echo fine\n"
                    "RUN for i in 1 2 3; do echo \"line $i before the end\"; done; "
                    "echo 'the reason is here' >&2; exit 3\n"));
    const Result result = run_checked(scene);
    CHECK(result.exit_code == 1);
    const auto errors = result.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message.find("the reason is here") != std::string::npos);
    CHECK(errors.front().message.find("line 3 before the end") != std::string::npos);
    CHECK(errors.front().message.find("exit code: 3") != std::string::npos);
    CHECK(errors.front().property("file") == "Dockerfile");
    CHECK(errors.front().property("line") == "3");
    CHECK_FALSE(errors.front().property("title").empty());
    CHECK(scene.registry.tags(scene.repository()).empty());
    CHECK_FALSE(result.outputs.contains("digest"));
    CHECK(result.summary.find("the reason is here") != std::string::npos);
}

TEST_CASE("a failing step that ends with commands gets them into no one's hands") {
    Scene scene;
    scene.pull_request(
        busybox_app("RUN echo '##[set-output name=tag]evil'; echo '::add-mask::linux'; "
                    "echo '##[add-mask]Dockerfile' >&2; exit 1\n"));
    const Result result = run_checked(scene);
    CHECK(result.exit_code == 1);
    CHECK(result.of(Annotation::Level::kError).size() == 1);
    CHECK_FALSE(result.outputs.contains("tag"));
    CHECK(std::ranges::none_of(result.executed, [](const LogCommand& command) {
        return command.name == "set-output" || command.data == "linux" || command.data == "Dockerfile";
    }));
}

TEST_CASE("a Dockerfile that cannot be parsed is an error with its place") {
    Scene scene;
    scene.pull_request({{"Dockerfile", "FROM scratch\nCOPPY a /b\n"}});
    const Result result = run_checked(scene);
    CHECK(result.exit_code == 1);
    const auto errors = result.of(Annotation::Level::kError);
    REQUIRE(errors.size() == 1);
    CHECK(errors.front().message.find("COPPY") != std::string::npos);
    CHECK(errors.front().property("file") == "Dockerfile");
    CHECK(errors.front().property("line") == "2");
}

TEST_CASE("the log shows each step's name, its output, and which steps came from the cache") {
    Scene scene;
    scene.pull_request(busybox_app("RUN echo \"said by the build\" && date +%N%s > /unique\n"));
    const Result first = run_checked(scene);
    REQUIRE(first.exit_code == 0);
    CHECK(first.displayed.find("RUN echo") != std::string::npos);
    CHECK(first.displayed.find("said by the build") != std::string::npos);
    CHECK(first.displayed.find("#5 CACHED") == std::string::npos);
    CHECK_FALSE(first.groups.empty());

    const Result second = run_checked(scene, {{"reuse", "false"}});
    REQUIRE(second.exit_code == 0);
    CHECK(second.displayed.find("#5 CACHED") != std::string::npos);
}

TEST_CASE("a build's checks are shown as warnings with their place") {
    Scene scene;
    scene.pull_request({{"Dockerfile", "FROM scratch as app\nCOPY app /app\n"}, {"app", "1\n"}});
    const Result result = run_checked(scene);
    REQUIRE(result.exit_code == 0);
    CHECK(result.displayed.find("FromAsCasing") != std::string::npos);
}

}  // namespace
}  // namespace pr_image::e2e
