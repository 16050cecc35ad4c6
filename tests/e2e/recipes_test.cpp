#include "e2e/recipes.hpp"

#include "actions/environment.hpp"
#include "actions/event_context.hpp"
#include "actions/inputs.hpp"
#include "actions/log.hpp"
#include "actions/random.hpp"
#include "commands/run.hpp"
#include "e2e/action_metadata.hpp"
#include "e2e/event.hpp"
#include "e2e/workflow_rules.hpp"
#include "plan/cleanup/inputs.hpp"
#include "plan/handover/merge.hpp"
#include "plan/handover/pull.hpp"
#include "plan/inputs.hpp"
#include "plan/parse_inputs.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"
#include "support/text_paths.hpp"
#include "text/strings.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace pr_image::e2e {
namespace {

using Values = std::map<std::string, std::string>;

const Commits kCommits{.base = std::string(40, 'a'),
                       .head = std::string(40, 'b'),
                       .merge = std::string(40, 'c'),
                       .before = std::string(40, 'd')};

ActionMetadata action() {
    return parse_action_metadata(support::read_file(PR_IMAGE_ROOT "/action.yml"));
}

/// A branch or tag that the pattern takes: those of the documents end in `*` or are names.
std::string matching(const std::vector<std::string>& patterns, const std::string& otherwise) {
    return patterns.empty() ? otherwise : text::replace_all(patterns.front(), "*", "1.2.3");
}

/// The events that let a workflow run.
std::vector<Event> events_of(const Workflow& workflow) {
    const Repository repository;
    std::vector<Event> events;
    for (const auto& [name, trigger] : workflow.on) {
        if (name == "pull_request") {
            std::vector<std::string> types = trigger.types;
            if (types.empty()) types = {"opened", "synchronize", "reopened"};
            for (const std::string& type : types) {
                events.push_back(pull_request({.action = type}, kCommits));
                events.push_back(pull_request(from_fork({.action = type}), kCommits));
            }
        } else if (name == "push") {
            events.push_back(push(repository, matching(trigger.branches, "main"), kCommits));
            if (!trigger.tags.empty())
                events.push_back(push_tag(repository, matching(trigger.tags, ""), kCommits));
        } else if (name == "merge_group") {
            events.push_back(merge_group(repository, 42, kCommits));
        } else if (name == "schedule") {
            events.push_back(schedule(repository, kCommits));
        } else if (name == "workflow_dispatch") {
            events.push_back(workflow_dispatch(repository, "main", kCommits));
        } else if (name == "repository_dispatch") {
            events.push_back(repository_dispatch(repository, trigger.types.at(0),
                                                 {{"number", 42}, {"sha", kCommits.head}}, kCommits));
        } else {
            throw std::runtime_error("no example of the event " + name);
        }
    }
    return events;
}

/// What expressions are worth that have their value from somewhere else than the event.
Values other_contexts(const Workflow& workflow, const WorkflowJob& job) {
    Values contexts{{"needs.image.outputs.ref", "ghcr.io/acme/app@sha256:" + std::string(64, 'e')},
                    {"needs.build.outputs.amd64", "ghcr.io/acme/app@sha256:" + std::string(64, 'a')},
                    {"needs.build.outputs.arm64", "ghcr.io/acme/app@sha256:" + std::string(64, 'b')},
                    {"steps.meta.outputs.tags", "ghcr.io/acme/app:pr-42"},
                    {"steps.meta.outputs.labels", "org.opencontainers.image.title=App"},
                    {"steps.meta.outputs.annotations", "manifest:org.opencontainers.image.title=App"},
                    {"github.token", "ghs_0123456789"},
                    {"github.actor", "mona"}};
    for (const std::string& expression : job.expressions) {
        if (expression.starts_with("secrets.")) contexts[expression] = "a secret";
    }
    for (const auto& [event, trigger] : workflow.on) {
        for (const auto& [input, value] : trigger.inputs)
            contexts["inputs." + input] = value;
    }
    return contexts;
}

class Machine {
  public:
    /// Gives what is wrong with the step, on that event; empty when nothing is.
    [[nodiscard]] std::string problem(const Event& event, const Values& with) const {
        actions::Environment::Variables variables = this->variables(event);
        for (const auto& [input, value] : with)
            variables["INPUT_" + upper(input)] = value;
        const actions::Environment environment(variables);
        const auto command = variables.at("INPUT_COMMAND");
        if (command == "build") return planned(std::move(variables));
        const auto context = actions::read_event_context(environment);
        if (!context) return text::to_string(context.error());
        const auto parsed = plan::parse_event(*context);
        if (!parsed) return text::to_string(parsed.error());
        const plan::InputMap raw = actions::read_inputs(environment);
        const auto inputs =
            plan::parse_inputs(raw, environment.variables(), support::TextPaths(context->workspace));
        if (!inputs) return text::to_string(inputs.error());
        if (inputs->command == plan::Command::cleanup) return cleaned_up(raw, context->workspace);
        return decided(*parsed, *inputs);
    }

  private:
    static std::string upper(std::string name) {
        for (char& c : name)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return name;
    }

    [[nodiscard]] actions::Environment::Variables variables(const Event& event) const {
        support::write_file(folder_.path() / "event.json", boost::json::serialize(event.payload));
        support::write_file(folder_.path() / "workspace/Dockerfile", "FROM scratch\n");
        actions::Environment::Variables variables{
            {"GITHUB_EVENT_NAME", event.name},
            {"GITHUB_EVENT_PATH", folder_.path() / "event.json"},
            {"GITHUB_REPOSITORY", event.repository.full_name()},
            {"GITHUB_REPOSITORY_ID", std::to_string(event.repository.id)},
            {"GITHUB_REF", event.ref},
            {"GITHUB_SHA", event.sha},
            {"GITHUB_ACTOR", "mona"},
            {"GITHUB_RUN_ID", "7"},
            {"GITHUB_RUN_ATTEMPT", "1"},
            {"GITHUB_WORKSPACE", folder_.path() / "workspace"}};
        for (const auto& [input, standard] : action_.inputs)
            variables["INPUT_" + upper(input)] = evaluate(standard, {{"github.token", "ghs_0123456789"}});
        return variables;
    }

    /// `command: plan` with the step's inputs: the whole program, as far as it comes without an engine.
    static std::string planned(actions::Environment::Variables variables) {
        variables["INPUT_COMMAND"] = "plan";
        variables["INPUT_PROBE"] = "false";
        std::string said;
        actions::Log log([&](std::string_view lines) { said += lines; }, false, actions::system_token);
        const int status = commands::run(actions::Environment(std::move(variables)), log);
        return status == 0 ? std::string() : said;
    }

    static std::string decided(const plan::Event& event, const plan::Inputs& inputs) {
        if (inputs.command == plan::Command::pull) {
            const auto plan = plan::decide_pull(event, inputs, {});
            return plan ? std::string() : text::to_string(plan.error());
        }
        if (inputs.command == plan::Command::merge) {
            const auto plan = plan::decide_merge(event, inputs, {.now = "2026-01-02T03:04:05Z"});
            return plan ? std::string() : text::to_string(plan.error());
        }
        return {};
    }

    static std::string cleaned_up(const plan::InputMap& raw, const std::string& workspace) {
        const auto inputs = plan::cleanup::parse_inputs(raw, support::TextPaths(workspace));
        return inputs ? std::string() : text::to_string(inputs.error());
    }

    support::TemporaryFolder folder_;
    ActionMetadata action_ = action();
};

TEST_CASE("every workflow that the documents show asks for what the action has, and may do what it needs") {
    for (const Recipe& one : read_recipes(PR_IMAGE_ROOT)) {
        INFO(one.place);
        CHECK(problems_of(one.workflow, action()) == std::vector<std::string>());
    }
}

TEST_CASE("every workflow that the documents show can be planned for each event that starts it") {
    const Machine machine;
    std::set<std::string> commands;
    for (const Recipe& one : read_recipes(PR_IMAGE_ROOT)) {
        for (const auto& [name, job] : one.workflow.jobs) {
            for (const WorkflowStep& step : job.steps) {
                if (!uses_pr_image(step)) continue;
                const auto command = step.with.find("command");
                commands.insert(command == step.with.end() ? "build" : command->second);
                REQUIRE_FALSE(one.workflow.on.empty());
                for (const Event& event : events_of(one.workflow)) {
                    for (const Values& matrix : job.matrix) {
                        Values contexts = other_contexts(one.workflow, job);
                        contexts.merge(event_contexts(boost::json::serialize(event.payload)));
                        for (const auto& [key, value] : matrix)
                            contexts["matrix." + key] = value;
                        INFO(one.place << ", job " << name << ", event " << event.name << " " << event.ref);
                        CHECK(machine.problem(event, resolved(step, contexts)) == "");
                    }
                }
            }
        }
    }
    CHECK(commands == std::set<std::string>{"build", "cleanup", "merge", "pull"});
}

TEST_CASE("inputs that this event does not go with are found out by planning") {
    const Machine machine;
    const Event event = pull_request({}, kCommits);
    CHECK(machine.problem(event, {}).empty());
    CHECK_FALSE(machine.problem(event, {{"tags", "latest"}}).empty());
    CHECK_FALSE(machine.problem(event, {{"command", "pull"}, {"wait", "soon"}}).empty());
    CHECK_FALSE(
        machine.problem(event, {{"command", "merge"}, {"pr-platforms", "linux/arm64,linux/arm64"}}).empty());
    CHECK_FALSE(machine.problem(event, {{"command", "cleanup"}, {"keep", "a few"}}).empty());
}

TEST_CASE("a document's blocks of yaml stand for the document's first workflow with them in it") {
    const std::string first =
        "on: push\npermissions: {packages: write}\njobs:\n  image:\n    steps:\n"
        "      - {uses: OWNER/pr-image@v0, with: {target: app}}\n";
    const auto block = [](const std::string& yaml) { return "```yaml\n" + yaml + "```\n"; };
    const auto second_of = [&](const std::string& yaml) {
        return recipes_in("X.md", "# One\n" + block(first) + "## Two\ntext\n" + block(yaml)).at(1);
    };
    const Recipe jobs = second_of("  test:\n    needs: image\n    steps: [{run: x}]\n");
    CHECK(jobs.place == "X.md:13");
    CHECK(jobs.heading == "Two");
    CHECK(jobs.workflow.on.contains("push"));
    CHECK(jobs.workflow.jobs.size() == 2);
    CHECK(second_of("- run: x\n").workflow.job("image")->steps.size() == 2);
    CHECK(second_of("  with: {target: dev}\n").workflow.job("image")->steps.at(0).with.at("target") == "dev");
    const Recipe whole = second_of("on: schedule\njobs: {a: {steps: [{run: x}]}}\n");
    CHECK(whole.workflow.job("image") == nullptr);
    CHECK_FALSE(whole.workflow.permissions.has_value());
    CHECK(second_of("jobs: {a: {steps: [{run: x}]}}\n").workflow.permissions.has_value());
    CHECK_THROWS_AS(second_of("target: app\n"), std::runtime_error);
    CHECK_THROWS_AS(recipes_in("X.md", block("- run: x\n")), std::runtime_error);
    CHECK(recipes_in("X.md", "```sh\nscripts/demo\n```\n").empty());

    CHECK(recipe({jobs}, "Two", "needs: image").place == jobs.place);
    CHECK_THROWS_AS(recipe({jobs}, "Two", "cookbook:"), std::out_of_range);
}

TEST_CASE("a step's inputs are what its expressions are worth, and one without a value is refused") {
    const WorkflowStep step{.with = {{"sha", "${{ github.event.client_payload.sha }}"}, {"wait", "240s"}}};
    const Values contexts = event_contexts(R"({"client_payload":{"sha":"abc","number":7,"draft":false}})");
    CHECK(contexts.at("github.event.client_payload.number") == "7");
    CHECK(contexts.at("github.event.client_payload.draft") == "false");
    CHECK(resolved(step, contexts) == Values{{"sha", "abc"}, {"wait", "240s"}});
    CHECK_THROWS_AS(resolved(step, {}), std::runtime_error);
}

}  // namespace
}  // namespace pr_image::e2e
