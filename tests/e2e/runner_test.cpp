#include "e2e/runner.hpp"

#include "support/temporary_folder.hpp"

#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <stdexcept>

namespace pr_image::e2e {
namespace {

struct Fixture {
    support::TemporaryFolder folder;
    Job job{{.folder = folder.path(),
             .image = "acme/pr-image:1",
             .action = parse_action_metadata("inputs:\n  cache-from:\n    description: x\n  token:\n"
                                             "    default: ${{ github.token }}\nruns:\n  using: docker\n"
                                             "  post-entrypoint: /usr/bin/after\n"),
             .docker_socket = "/run/shared/docker.sock",
             .token = "ghs_secret1"},
            Repository()};
    Commits commits = {.base = std::string(40, 'b'),
                       .head = std::string(40, 'a'),
                       .merge = std::string(40, 'c'),
                       .before = std::string(40, 'd')};
};

bool has(const std::vector<std::string>& command, std::string_view option, std::string_view value) {
    for (std::size_t i = 0; i + 1 < command.size(); ++i) {
        if (command[i] == option && command[i + 1] == value) return true;
    }
    return false;
}

TEST_CASE("a container action is started with the command line of GitHub's runner") {
    Fixture fixture;
    fixture.job.set_event(pull_request({}, fixture.commits));
    const auto [command, variables] =
        fixture.job.command_line({.with = {{"cache-from", "type=gha"}}}, "acmeprimage_1");
    CHECK(std::vector(command.begin(), command.begin() + 9) ==
          std::vector<std::string>{"docker", "run", "--name", "acmeprimage_1", "--label", "a1b2c3",
                                   "--workdir", "/github/workspace", "--rm"});
    CHECK(command.back() == "acme/pr-image:1");
    CHECK(has(command, "-e", "INPUT_CACHE-FROM"));
    CHECK(has(command, "-e", "GITHUB_ACTIONS=true"));
    CHECK(has(command, "-e", "CI=true"));
    CHECK(has(command, "-v", "/run/shared/docker.sock:/var/run/docker.sock"));
    CHECK(has(command, "-v", fixture.job.workspace().string() + ":/github/workspace"));
    CHECK(has(command, "-v", fixture.job.home().string() + ":/github/home"));
    CHECK(std::ranges::find(command, "--network") == command.end());
    CHECK(std::ranges::find(command, "--read-only") == command.end());
    for (const auto& argument : command) {
        CHECK(argument.find("ghs_secret1") == std::string::npos);
    }
    CHECK(variables.at("INPUT_CACHE-FROM") == "type=gha");
    CHECK(variables.at("INPUT_TOKEN") == "ghs_secret1");
}

TEST_CASE("a post step is another program with the step's environment and what the step has saved") {
    Fixture fixture;
    fixture.job.set_event(pull_request({}, fixture.commits));
    const Step step{.with = {{"cache-from", "type=gha"}}, .env = {{"OF_THE_JOB", "1"}}};
    Result result;
    result.state = {{"builder", "b1"}};
    const auto [command, variables] = fixture.job.command_line(fixture.job.post(step, result), "x");
    CHECK(has(command, "--entrypoint", "/usr/bin/after"));
    CHECK(has(command, "-e", "STATE_builder"));
    CHECK(variables.at("STATE_builder") == "b1");
    CHECK(variables.at("INPUT_CACHE-FROM") == "type=gha");
    CHECK(variables.at("OF_THE_JOB") == "1");
    const auto main = fixture.job.command_line(step, "x").first;
    CHECK(std::ranges::find(main, "--entrypoint") == main.end());
}

TEST_CASE("paths in the environment are those that the container sees") {
    Fixture fixture;
    fixture.job.set_event(push(Repository(), "main", fixture.commits));
    const auto variables = fixture.job.command_line({}, "x").second;
    CHECK(variables.at("HOME") == "/github/home");
    CHECK(variables.at("RUNNER_TEMP") == "/github/runner_temp");
    CHECK(variables.at("GITHUB_WORKSPACE") == "/github/workspace");
    CHECK(variables.at("GITHUB_EVENT_PATH") == "/github/workflow/event.json");
    CHECK(variables.at("GITHUB_OUTPUT").starts_with("/github/file_commands/set_output_"));
    CHECK(variables.at("GITHUB_REF") == "refs/heads/main");
    CHECK(variables.at("GITHUB_HEAD_REF").empty());
    CHECK(variables.at("RUNNER_TOOL_CACHE") == "/opt/hostedtoolcache");
}

TEST_CASE("an input that action.yml does not declare is a mistake in the story") {
    const Fixture fixture;
    CHECK_THROWS_AS(fixture.job.command_line({.with = {{"cache-form", "x"}}}, "x"), std::runtime_error);
}

TEST_CASE("an event's payload has the fields that the strategy turns on") {
    const Fixture fixture;
    const auto same = pull_request({}, fixture.commits);
    const auto fork = pull_request(from_fork(), fixture.commits);
    PullRequestSpec spec = from_fork();
    spec.head_repository_gone = true;
    const auto gone = pull_request(spec, fixture.commits);
    const auto head = [](const Event& event) -> const boost::json::object& {
        return event.payload.at("pull_request").at("head").as_object();
    };
    CHECK(head(same).at("repo").at("id") == same.payload.at("repository").at("id"));
    CHECK(head(fork).at("repo").at("id") != fork.payload.at("repository").at("id"));
    CHECK(head(gone).at("repo").is_null());
    CHECK(head(same).at("sha").as_string() == fixture.commits.head);
    CHECK(same.sha == fixture.commits.merge);
    CHECK(same.ref == "refs/pull/42/merge");
    CHECK(pull_request_target(from_fork(), fixture.commits).sha == fixture.commits.base);
    CHECK(merge_group(Repository(), 42, fixture.commits)
              .ref.starts_with("refs/heads/gh-readonly-queue/main/pr-42-"));
    CHECK(pull_request(from_dependabot(), fixture.commits).actor.login == "dependabot[bot]");
}

}  // namespace
}  // namespace pr_image::e2e
