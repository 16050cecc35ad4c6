#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace YAML {
class Node;
}

namespace pr_image::e2e {

/// One step of a job, as far as a use of the action goes.
struct WorkflowStep {
    std::string id;
    std::string uses;
    std::string run;
    std::map<std::string, std::string> with;
};

/// One job; its texts may hold `${{ … }}`.
struct WorkflowJob {
    std::vector<std::string> needs;
    std::map<std::string, std::string> outputs;
    std::optional<std::map<std::string, std::string>> permissions;  ///< its own, not the workflow's
    /// What `matrix` is in each of the jobs that this one stands for: one, without anything, where there is
    /// no matrix.
    std::vector<std::map<std::string, std::string>> matrix;
    std::string container;
    std::vector<WorkflowStep> steps;
    std::vector<std::string> expressions;  ///< the content of every `${{ … }}` and `if`, steps' included
};

/// What makes a workflow run: an event and what it is limited to.
struct Trigger {
    std::vector<std::string> types;
    std::vector<std::string> branches;
    std::vector<std::string> tags;
    std::map<std::string, std::string> inputs;  ///< of workflow_dispatch: name → default
};

/// A workflow file (docs.github.com, "Workflow syntax for GitHub Actions").
struct Workflow {
    std::map<std::string, Trigger> on;
    std::optional<std::map<std::string, std::string>> permissions;
    std::vector<std::pair<std::string, WorkflowJob>> jobs;  ///< in the order of the file

    /// Gives the job of that name, or nothing.
    [[nodiscard]] const WorkflowJob* job(std::string_view name) const;
};

/// Takes a workflow's document; gives what it says. Throws std::runtime_error for what GitHub would refuse
/// the shape of.
Workflow read_workflow(const YAML::Node& document);

/// Takes a strategy's `matrix`; gives its combinations as GitHub makes them, `include` and `exclude` among
/// them.
std::vector<std::map<std::string, std::string>> combinations(const YAML::Node& matrix);

/// The content of each `${{ … }}` of a text.
std::vector<std::string> expressions_in(std::string_view text);

}  // namespace pr_image::e2e
