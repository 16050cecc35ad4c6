#include "e2e/workflow_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

namespace pr_image::e2e {
namespace {

using Values = std::map<std::string, std::string>;

constexpr std::array<std::string_view, 3> kLevels{"none", "read", "write"};

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
}

std::string_view command_of(const WorkflowStep& step) {
    const auto found = step.with.find("command");
    return found == step.with.end() ? std::string_view("build") : std::string_view(found->second);
}

/// What a step's token has to be allowed to do: README, "Clean-up" and the table of inputs.
Values needed(const WorkflowStep& step, const Workflow& workflow) {
    if (step.uses.starts_with("actions/checkout@")) return {{"contents", "read"}};
    if (!uses_pr_image(step)) return {};
    const std::string_view command = command_of(step);
    Values permissions{{"packages", command == "pull" ? "read" : "write"}};
    if (command == "cleanup") {
        permissions["pull-requests"] = "read";
        // A run about one pull request looks at no branch.
        if (!workflow.on.contains("pull_request")) permissions["contents"] = "read";
    }
    if (step.with.contains("run-id")) permissions["actions"] = "read";
    return permissions;
}

std::ptrdiff_t level(const Values& permissions, const std::string& name) {
    const auto found = permissions.find(name);
    if (found == permissions.end()) return 0;
    return std::ranges::find(kLevels, found->second) - kLevels.begin();
}

class Rules {
  public:
    Rules(const Workflow& workflow, const ActionMetadata& action) : workflow_(workflow), action_(action) {}

    std::vector<std::string> problems() {
        for (const auto& [name, job] : workflow_.jobs) {
            name_ = name;
            check_steps(job);
            check_permissions(job);
            for (const std::string& expression : job.expressions)
                check_expression(job, expression);
        }
        return std::move(problems_);
    }

  private:
    void say(const std::string& problem) { problems_.push_back(fmt::format("job {}: {}", name_, problem)); }

    void check_steps(const WorkflowJob& job) {
        std::set<std::string> ids;
        for (const WorkflowStep& step : job.steps) {
            if (!step.id.empty() && !ids.insert(step.id).second)
                say(fmt::format("two steps are called '{}'", step.id));
            const auto persisted = step.with.find("persist-credentials");
            if (step.uses.starts_with("actions/checkout@") &&
                (persisted == step.with.end() || persisted->second != "false")) {
                say("actions/checkout leaves its token beside the code: persist-credentials: false is "
                    "missing");
            }
            if (!uses_pr_image(step)) continue;
            for (const auto& [input, value] : step.with) {
                if (!action_.inputs.contains(input)) say(fmt::format("the action has no input '{}'", input));
            }
        }
        for (const std::string& need : job.needs) {
            if (workflow_.job(need) == nullptr) say(fmt::format("there is no job '{}'", need));
        }
    }

    void check_permissions(const WorkflowJob& job) {
        if (std::ranges::none_of(job.steps, uses_pr_image)) return;
        const auto& given = job.permissions ? job.permissions : workflow_.permissions;
        if (!given) return say("it has no permissions");
        for (const WorkflowStep& step : job.steps) {
            for (const auto& [name, wanted] : needed(step, workflow_)) {
                if (level(*given, name) < level({{name, wanted}}, name))
                    say(fmt::format("{}: {} is needed", name, wanted));
            }
        }
    }

    void check_expression(const WorkflowJob& job, const std::string& expression) {
        static const std::regex kReference(
            R"(\b(steps|needs)\.([\w-]+)\.(\w+)(?:\.([\w-]+))?|\b(matrix|inputs)\.([\w-]+))");
        for (auto at = std::sregex_iterator(expression.begin(), expression.end(), kReference);
             at != std::sregex_iterator(); ++at) {
            const std::smatch& match = *at;
            if (match[1] == "steps") check_step_output(job, match[2], match[3], match[4]);
            if (match[1] == "needs") check_need_output(job, match[2], match[3], match[4]);
            if (match[5] == "matrix") check_matrix(job, match[6]);
            if (match[5] == "inputs") check_input(match[6]);
        }
    }

    void check_step_output(const WorkflowJob& job, const std::string& id, const std::string& what,
                           const std::string& output) {
        const auto step = std::ranges::find(job.steps, id, &WorkflowStep::id);
        if (step == job.steps.end()) return say(fmt::format("no step has the id '{}'", id));
        if (what != "outputs" || !uses_pr_image(*step)) return;
        if (!contains(action_.outputs, output)) say(fmt::format("the action has no output '{}'", output));
    }

    void check_need_output(const WorkflowJob& job, const std::string& need, const std::string& what,
                           const std::string& output) {
        const WorkflowJob* const needed_job = workflow_.job(need);
        if (needed_job == nullptr || !contains(job.needs, need))
            return say(fmt::format("it does not need the job '{}'", need));
        if (what == "outputs" && !needed_job->outputs.contains(output))
            say(fmt::format("the job '{}' has no output '{}'", need, output));
    }

    void check_matrix(const WorkflowJob& job, const std::string& key) {
        for (const Values& combination : job.matrix) {
            if (!combination.contains(key)) return say(fmt::format("its matrix has no '{}'", key));
        }
    }

    void check_input(const std::string& input) {
        const auto dispatch = workflow_.on.find("workflow_dispatch");
        if (dispatch == workflow_.on.end() || !dispatch->second.inputs.contains(input))
            say(fmt::format("workflow_dispatch has no input '{}'", input));
    }

    const Workflow& workflow_;
    const ActionMetadata& action_;
    std::string name_;
    std::vector<std::string> problems_;
};

}  // namespace

bool uses_pr_image(const WorkflowStep& step) {
    return step.uses.find("/pr-image@") != std::string::npos;
}

std::vector<std::string> problems_of(const Workflow& workflow, const ActionMetadata& action) {
    return Rules(workflow, action).problems();
}

}  // namespace pr_image::e2e
