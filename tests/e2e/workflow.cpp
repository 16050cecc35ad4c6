#include "e2e/workflow.hpp"

#include "e2e/yaml.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <stdexcept>

namespace pr_image::e2e {
namespace {

using Values = std::map<std::string, std::string>;

Values values(const YAML::Node& map) {
    Values found;
    for (const auto& entry : map)
        found[yaml_text(entry.first)] = yaml_text(entry.second);
    return found;
}

std::optional<Values> permissions(const YAML::Node& node) {
    if (!node.IsDefined()) return std::nullopt;
    return values(node);
}

/// `if` is an expression without its braces, too.
void collect_expressions(const YAML::Node& node, std::vector<std::string>& found) {
    if (node.IsScalar()) {
        std::ranges::move(expressions_in(node.Scalar()), std::back_inserter(found));
    } else if (node.IsSequence()) {
        for (const YAML::Node& item : node)
            collect_expressions(item, found);
    } else if (node.IsMap()) {
        for (const auto& entry : node) {
            if (yaml_text(entry.first) == "if") found.push_back(yaml_text(entry.second));
            collect_expressions(entry.second, found);
        }
    }
}

Trigger read_trigger(const YAML::Node& node) {
    Trigger trigger;
    if (!node.IsMap()) return trigger;
    trigger.types = yaml_texts(node["types"]);
    trigger.branches = yaml_texts(node["branches"]);
    trigger.tags = yaml_texts(node["tags"]);
    for (const auto& input : node["inputs"])
        trigger.inputs[yaml_text(input.first)] = yaml_text(input.second["default"]);
    return trigger;
}

std::map<std::string, Trigger> read_triggers(const YAML::Node& node) {
    std::map<std::string, Trigger> triggers;
    if (!node.IsMap()) {
        for (const std::string& name : yaml_texts(node))
            triggers[name] = {};
        return triggers;
    }
    for (const auto& entry : node) {
        // A schedule is a list of times, all of which are one event.
        triggers[yaml_text(entry.first)] = read_trigger(entry.second);
    }
    return triggers;
}

WorkflowStep read_step(const YAML::Node& node) {
    WorkflowStep step{.id = yaml_text(node["id"]),
                      .uses = yaml_text(node["uses"]),
                      .run = yaml_text(node["run"]),
                      .with = values(node["with"])};
    if (step.uses.empty() == step.run.empty()) {
        throw std::runtime_error("line " + std::to_string(node.Mark().line + 1) +
                                 ": a step either uses or runs something");
    }
    return step;
}

WorkflowJob read_job(const YAML::Node& node) {
    WorkflowJob job{.needs = yaml_texts(node["needs"]),
                    .outputs = values(node["outputs"]),
                    .permissions = permissions(node["permissions"]),
                    .matrix = {Values()},
                    .container = {},
                    .steps = {},
                    .expressions = {}};
    const YAML::Node strategy = node["strategy"];
    if (strategy.IsDefined()) job.matrix = combinations(strategy["matrix"]);
    const YAML::Node container = node["container"];
    if (container.IsDefined()) job.container = yaml_text(container.IsMap() ? container["image"] : container);
    for (const YAML::Node& step : node["steps"])
        job.steps.push_back(read_step(step));
    if (job.steps.empty()) throw std::runtime_error("a job without steps");
    collect_expressions(node, job.expressions);
    return job;
}

/// An include belongs to each combination of which it changes no value that the lists gave.
bool belongs(const Values& include, const Values& original) {
    return std::ranges::all_of(include, [&](const auto& entry) {
        const auto there = original.find(entry.first);
        return there == original.end() || there->second == entry.second;
    });
}

bool holds(const Values& combination, const Values& part) {
    return std::ranges::all_of(part, [&](const auto& entry) {
        const auto there = combination.find(entry.first);
        return there != combination.end() && there->second == entry.second;
    });
}

}  // namespace

const WorkflowJob* Workflow::job(std::string_view name) const {
    const auto found = std::ranges::find(jobs, name, &std::pair<std::string, WorkflowJob>::first);
    return found == jobs.end() ? nullptr : &found->second;
}

std::vector<std::string> expressions_in(std::string_view text) {
    std::vector<std::string> found;
    for (std::size_t at = text.find("${{"); at != std::string_view::npos; at = text.find("${{", at)) {
        const std::size_t end = text.find("}}", at);
        if (end == std::string_view::npos) throw std::runtime_error("an expression without its end");
        found.emplace_back(text::trim(text.substr(at + 3, end - at - 3)));
        at = end;
    }
    return found;
}

std::vector<Values> combinations(const YAML::Node& matrix) {
    std::vector<Values> originals{Values()};
    for (const auto& entry : matrix) {
        const std::string key = yaml_text(entry.first);
        if (key == "include" || key == "exclude") continue;
        std::vector<Values> longer;
        for (const Values& one : originals) {
            for (const std::string& value : yaml_texts(entry.second)) {
                longer.push_back(one);
                longer.back()[key] = value;
            }
        }
        originals = std::move(longer);
    }
    for (const YAML::Node& exclude : matrix["exclude"]) {
        const Values part = values(exclude);
        std::erase_if(originals, [&](const Values& one) { return holds(one, part); });
    }
    if (originals == std::vector<Values>{Values()}) originals.clear();
    std::vector<Values> all = originals;
    for (const YAML::Node& node : matrix["include"]) {
        const Values include = values(node);
        bool used = false;
        for (std::size_t i = 0; i < originals.size(); ++i) {
            if (!belongs(include, originals[i])) continue;
            for (const auto& [key, value] : include)
                all[i][key] = value;
            used = true;
        }
        if (!used) all.push_back(include);
    }
    return all;
}

Workflow read_workflow(const YAML::Node& document) {
    Workflow workflow{
        .on = read_triggers(document["on"]), .permissions = permissions(document["permissions"]), .jobs = {}};
    for (const auto& job : document["jobs"])
        workflow.jobs.emplace_back(yaml_text(job.first), read_job(job.second));
    if (workflow.jobs.empty()) throw std::runtime_error("a workflow without jobs");
    return workflow;
}

}  // namespace pr_image::e2e
