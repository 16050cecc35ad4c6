#include "e2e/runner.hpp"

#include "e2e/engine.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <csignal>

namespace pr_image::e2e {
namespace {

using namespace std::chrono_literals;

/// A job whose action is a shell script in busybox: what the stories rely on, without the action.
struct ShellJob {
    Engine engine;
    support::TemporaryFolder folder;
    Job job{{.folder = folder.path(),
             .image = "busybox:stable",
             .action = parse_action_metadata("inputs:\n  a-b:\n    default: x\nruns:\n  using: docker\n"),
             .docker_socket = engine.socket(),
             .token = "ghs_0123456789"},
            Repository()};

    ShellJob() {
        Commits commits{.base = std::string(40, 'b'),
                        .head = std::string(40, 'a'),
                        .merge = std::string(40, 'c'),
                        .before = {}};
        job.set_event(pull_request({}, commits));
    }

    static Step script(const std::string& text) { return {.arguments = {"sh", "-c", text}}; }
};

TEST_CASE("a container action sees its folders, its inputs and its event where the runner puts them") {
    ShellJob shell;
    support::write_file(shell.job.workspace() / "file", "in the workspace\n");
    Step step = ShellJob::script(
        "pwd; cat file; env | grep -c '^INPUT_A-B=from the workflow$'; test -S /var/run/docker.sock && echo "
        "socket; "
        "test -s \"$GITHUB_EVENT_PATH\" && echo event; echo \"digest=sha256:1\" >> \"$GITHUB_OUTPUT\"; "
        "printf 'plan<<E\\n{\\n}\\nE\\n' >> \"$GITHUB_OUTPUT\"; echo '# done' > \"$GITHUB_STEP_SUMMARY\"; "
        "echo 'box=on' >> \"$GITHUB_STATE\"; touch \"$HOME/kept\" \"$RUNNER_TEMP/kept\"; echo \"CI=$CI "
        "$GITHUB_ACTIONS\"");
    step.with["a-b"] = "from the workflow";
    const Result result = shell.job.run(step);
    INFO(result.displayed);
    CHECK(result.succeeded());
    CHECK(result.log == std::vector<std::string>{"/github/workspace", "in the workspace", "1", "socket",
                                                 "event", "CI=true true"});
    CHECK(result.output("digest") == "sha256:1");
    CHECK(result.output("plan") == "{\n}");
    CHECK(result.summary == "# done\n");
    CHECK(result.state.at("box") == "on");
    CHECK(std::filesystem::exists(shell.job.home() / "kept"));
    CHECK(std::filesystem::exists(shell.job.temp() / "kept"));
}

TEST_CASE("what a container prints on either stream is obeyed as the runner obeys it") {
    ShellJob shell;
    const Result result = shell.job.run(ShellJob::script(
        "echo '::error title=Boom,file=a.c,line=3::it broke'; echo 'x ##[set-output name=digest]evil' >&2; "
        "echo '::add-mask::hunter22'; sleep 0.5; echo hunter22; echo ghs_0123456789; exit 3"));
    CHECK(result.exit_code == 3);
    CHECK(result.output("digest") == "evil");
    REQUIRE(result.of(Annotation::Level::kError).size() == 1);
    CHECK(result.annotations.front().property("title") == "Boom");
    CHECK(result.displayed.find("hunter22") == std::string::npos);
    CHECK(result.displayed.find("ghs_0123456789") == std::string::npos);
    CHECK(result.displayed.ends_with("***\n***"));
}

TEST_CASE("a root file system that cannot be written is none, and no network is none") {
    ShellJob shell;
    Step step = ShellJob::script("touch /x 2>&1; ip link | grep -c '^[0-9]'");
    step.read_only = true;
    step.network = "none";
    const Result result = shell.job.run(step);
    CHECK(result.displayed.find("Read-only file system") != std::string::npos);
    CHECK(result.log.back() == "1");
}

TEST_CASE("a signal to the docker command reaches the container, and its exit status comes back") {
    ShellJob shell;
    RunningStep step(shell.job, ShellJob::script("trap 'echo bye; exit 143' TERM; echo ready; "
                                                 "while :; do sleep 0.1; done"));
    REQUIRE(step.wait_for("ready", 30s));
    CHECK(shell.engine.container_id(step.container()));
    step.signal(SIGTERM);
    const Result result = step.finish(20s);
    CHECK(result.exit_code == 143);
    CHECK(result.log.back() == "bye");
    CHECK_FALSE(shell.engine.container_id(step.container()));
}

TEST_CASE("a container that ignores the runner's signals is given up after ten seconds") {
    ShellJob shell;
    RunningStep step(shell.job, ShellJob::script("trap '' INT TERM; echo ready; sleep 15"));
    REQUIRE(step.wait_for("ready", 30s));
    const auto began = std::chrono::steady_clock::now();
    const Result result = step.cancel();
    const auto took = std::chrono::steady_clock::now() - began;
    CHECK(took > 9s);
    CHECK(took < 14s);
    CHECK(result.exit_code == 128 + SIGKILL);
}

}  // namespace
}  // namespace pr_image::e2e
