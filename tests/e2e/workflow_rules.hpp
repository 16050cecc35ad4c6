#pragma once

#include "e2e/action_metadata.hpp"
#include "e2e/workflow.hpp"

#include <string>
#include <vector>

namespace pr_image::e2e {

/// True for a step that uses this action, whoever publishes it.
bool uses_pr_image(const WorkflowStep& step);

/// Takes a workflow that uses the action and what its action.yml says; gives what is wrong with it, a
/// sentence each: an input that is none; an expression that leads to no output, job, step, matrix or input;
/// a permission that the README says is needed and that is not there; a checkout that keeps its token.
std::vector<std::string> problems_of(const Workflow& workflow, const ActionMetadata& action);

}  // namespace pr_image::e2e
