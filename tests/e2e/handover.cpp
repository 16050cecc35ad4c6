#include "e2e/handover.hpp"

#include "e2e/workflow_rules.hpp"
#include "support/child_process.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <stdexcept>

namespace pr_image::e2e {
namespace {

const std::vector<Recipe>& recipes() {
    static const std::vector<Recipe> all = read_recipes(PR_IMAGE_ROOT);
    return all;
}

const WorkflowJob& job_of(const Recipe& recipe, const std::string& name) {
    const WorkflowJob* const job = recipe.workflow.job(name);
    if (job == nullptr) throw std::out_of_range(recipe.place + " has no job " + name);
    return *job;
}

const WorkflowStep& step_of(const Recipe& recipe, const std::string& job) {
    const auto& steps = job_of(recipe, job).steps;
    const auto found = std::ranges::find_if(steps, uses_pr_image);
    if (found == steps.end()) throw std::out_of_range(recipe.place + ": job " + job + " uses another action");
    return *found;
}

}  // namespace

Step Handover::step(const std::string& job, std::map<std::string, std::string> with) const {
    Step step = scene.step(std::move(with));
    step.env["ACTIONS_RESULTS_URL"] = results.url() + "/";
    step.env["ACTIONS_CACHE_URL"] = results.url() + "/";
    step.env["ACTIONS_RUNTIME_TOKEN"] =
        fakes::ResultsService::token({.job = job, .cache = cache_scopes, .ref = cache_ref});
    step.env["GITHUB_API_URL"] = results.url();
    return step;
}

Result Handover::run(const std::string& job, const std::map<std::string, std::string>& with) {
    return scene.job.run(step(job, with));
}

Result Handover::pull(const std::string& job, std::map<std::string, std::string> with) {
    forget_everything();
    with.insert({"command", "pull"});
    return run(job, with);
}

std::map<std::string, std::string> Handover::inputs(
    const Recipe& recipe, const std::string& job, const std::map<std::string, std::string>& contexts) const {
    auto with = resolved(step_of(recipe, job), contexts);
    for (auto& [input, value] : with)
        value = text::replace_all(value, "ghcr.io/", scene.ghcr.host() + "/");
    return with;
}

void Handover::forget_images() const {
    const auto out = support::run({"docker", "image", "ls", "--all", "--quiet", "--no-trunc", "--filter",
                                   "reference=" + scene.image()})
                         .out;
    for (const auto id : text::lines(out))
        scene.engine.remove_image(std::string(id));
}

void Handover::forget_everything() const {
    forget_images();
    support::run({"docker", "builder", "prune", "--all", "--force"});
}

std::vector<fakes::StoredArtifact> Handover::artifacts() {
    std::vector<fakes::StoredArtifact> complete;
    results.with_artifacts([&](fakes::ArtifactService& service) {
        std::ranges::copy_if(service.artifacts(), std::back_inserter(complete),
                             &fakes::StoredArtifact::complete);
    });
    return complete;
}

const Recipe& later_job(std::string_view shows) {
    return recipe(recipes(), "Later jobs get exactly that image", shows);
}

const Recipe& workflow_to_copy() {
    return recipe(recipes(), "A workflow to copy", "image:");
}

std::map<std::string, std::string> outputs_of(const Recipe& recipe, const std::string& job,
                                              const Result& result) {
    std::map<std::string, std::string> contexts;
    for (const auto& [output, value] : result.outputs)
        contexts["steps." + step_of(recipe, job).id + ".outputs." + output] = value;
    std::map<std::string, std::string> needs;
    for (const auto& [output, expression] : job_of(recipe, job).outputs)
        needs["needs." + job + ".outputs." + output] = evaluate(expression, contexts);
    return needs;
}

std::map<std::string, std::string> matrix_contexts(const std::map<std::string, std::string>& combination) {
    std::map<std::string, std::string> contexts;
    for (const auto& [key, value] : combination)
        contexts["matrix." + key] = value;
    return contexts;
}

}  // namespace pr_image::e2e
