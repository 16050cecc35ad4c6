#include "e2e/recipes.hpp"

#include "e2e/action_metadata.hpp"
#include "e2e/workflow_rules.hpp"
#include "e2e/yaml.hpp"
#include "support/files.hpp"
#include "text/strings.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace pr_image::e2e {
namespace {

namespace fs = std::filesystem;

struct Block {
    std::size_t line = 0;
    std::string heading;
    std::string text;
};

std::vector<Block> yaml_blocks(std::string_view markdown) {
    std::vector<Block> blocks;
    std::string heading;
    std::string fence;
    std::size_t number = 0;
    for (const std::string_view line : text::split(markdown, '\n')) {
        ++number;
        const std::string_view trimmed = text::trim(line);
        if (!fence.empty()) {
            if (trimmed == "```") {
                fence.clear();
            } else if (fence == "```yaml") {
                blocks.back().text += std::string(line) + "\n";
            }
        } else if (trimmed.starts_with("```")) {
            fence = trimmed;
            if (fence == "```yaml") blocks.push_back({number + 1, heading, {}});
        } else if (line.starts_with('#')) {
            heading = text::trim(line.substr(line.find_first_not_of('#')));
        }
    }
    return blocks;
}

bool is_jobs(const YAML::Node& node) {
    if (!node.IsMap()) return false;
    return std::ranges::all_of(
        node, [](const auto& entry) { return entry.second.IsMap() && entry.second["steps"].IsDefined(); });
}

void add_jobs(YAML::Node whole, const YAML::Node& jobs) {
    for (const auto& job : jobs)
        whole["jobs"][yaml_text(job.first)] = job.second;
}

/// What a block shows, as a whole workflow.
YAML::Node completed(const YAML::Node& part, const std::optional<YAML::Node>& first) {
    YAML::Node whole = first ? YAML::Clone(*first) : YAML::Node();
    if (part.IsMap() && part["jobs"].IsDefined()) {
        whole["jobs"] = part["jobs"];
        for (const char* key : {"on", "permissions"}) {
            if (part[key].IsDefined()) whole[key] = part[key];
        }
        // Who writes `on` has not the first one's pull requests in mind, and says what they need.
        if (part["on"].IsDefined() && !part["permissions"].IsDefined()) whole.remove("permissions");
        return whole;
    }
    if (!first) throw std::runtime_error("a part of a workflow, and no whole one before it");
    const YAML::Node jobs = whole["jobs"];
    YAML::Node first_job = jobs.begin()->second;
    if (part.IsSequence()) {
        for (const YAML::Node& step : part)
            first_job["steps"].push_back(step);
    } else if (is_jobs(part)) {
        add_jobs(whole, part);
    } else if (part.IsMap() && part.size() == 1 && part["with"].IsDefined()) {
        for (YAML::Node step : first_job["steps"]) {
            if (!uses_pr_image({.id = {}, .uses = yaml_text(step["uses"]), .run = {}, .with = {}})) continue;
            step["with"] = part["with"];
            return whole;
        }
        throw std::runtime_error("inputs, and no step that they could be for");
    } else {
        throw std::runtime_error("no workflow, no jobs, no steps and no inputs");
    }
    return whole;
}

void flatten(const std::string& name, const boost::json::value& value,
             std::map<std::string, std::string>& contexts) {
    if (const auto* object = value.if_object()) {
        for (const auto& [key, member] : *object)
            flatten(name + "." + std::string(key), member, contexts);
    } else if (const auto* string = value.if_string()) {
        contexts[name] = *string;
    } else if (value.is_bool()) {
        contexts[name] = value.get_bool() ? "true" : "false";
    } else if (value.is_int64()) {
        contexts[name] = std::to_string(value.get_int64());
    }
}

}  // namespace

std::vector<Recipe> recipes_in(const std::string& name, std::string_view text) {
    const bool markdown = name.ends_with(".md");
    const std::vector<Block> blocks =
        markdown ? yaml_blocks(text) : std::vector<Block>{{1, {}, std::string(text)}};
    std::vector<Recipe> recipes;
    std::optional<YAML::Node> first;
    for (const Block& block : blocks) {
        const std::string place = fmt::format("{}:{}", name, block.line);
        const YAML::Node part = parse_yaml(block.text, place);
        try {
            const YAML::Node whole = completed(part, first);
            if (!first) first = part;
            recipes.push_back({place, block.heading, block.text, read_workflow(whole)});
        } catch (const std::runtime_error& problem) {
            throw std::runtime_error(place + ": " + problem.what());
        }
    }
    return recipes;
}

std::vector<Recipe> read_recipes(const fs::path& root) {
    std::vector<fs::path> documents{root / "README.md"};
    for (const char* folder : {"docs", "examples"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const fs::path extension = entry.path().extension();
            if (extension == ".md" || extension == ".yml" || extension == ".yaml")
                documents.push_back(entry.path());
        }
    }
    std::ranges::sort(documents);
    std::vector<Recipe> all;
    for (const fs::path& document : documents) {
        const std::string name = document.lexically_relative(root);
        std::ranges::move(recipes_in(name, support::read_file(document)), std::back_inserter(all));
    }
    return all;
}

const Recipe& recipe(const std::vector<Recipe>& recipes, std::string_view heading, std::string_view shows) {
    const auto found = std::ranges::find_if(recipes, [&](const Recipe& one) {
        return one.heading == heading && one.text.find(shows) != std::string::npos;
    });
    if (found == recipes.end())
        throw std::out_of_range(fmt::format("no recipe under '{}' shows '{}'", heading, shows));
    return *found;
}

std::map<std::string, std::string> event_contexts(std::string_view payload) {
    std::map<std::string, std::string> contexts;
    flatten("github.event", boost::json::parse(payload), contexts);
    return contexts;
}

std::map<std::string, std::string> resolved(const WorkflowStep& step,
                                            const std::map<std::string, std::string>& contexts) {
    std::map<std::string, std::string> with;
    for (const auto& [input, value] : step.with)
        with[input] = evaluate(value, contexts);
    return with;
}

}  // namespace pr_image::e2e
