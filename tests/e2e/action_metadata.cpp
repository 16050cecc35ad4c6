#include "e2e/action_metadata.hpp"

#include "e2e/yaml.hpp"
#include "text/strings.hpp"

#include <stdexcept>

namespace pr_image::e2e {

ActionMetadata parse_action_metadata(std::string_view yaml) {
    const YAML::Node document = parse_yaml(yaml, "action.yml");
    ActionMetadata metadata;
    for (const auto& input : document["inputs"])
        metadata.inputs[yaml_text(input.first)] = yaml_text(input.second["default"]);
    for (const auto& output : document["outputs"])
        metadata.outputs.push_back(yaml_text(output.first));
    const YAML::Node runs = document["runs"];
    metadata.using_ = yaml_text(runs["using"]);
    metadata.entrypoint = yaml_text(runs["entrypoint"]);
    metadata.post_entrypoint = yaml_text(runs["post-entrypoint"]);
    metadata.args = yaml_texts(runs["args"]);
    for (const auto& variable : runs["env"])
        metadata.env[yaml_text(variable.first)] = yaml_text(variable.second);
    return metadata;
}

std::string evaluate(std::string_view text, const std::map<std::string, std::string>& contexts) {
    std::string result;
    while (true) {
        const std::size_t begin = text.find("${{");
        result += text.substr(0, begin);
        if (begin == std::string_view::npos) return result;
        const std::size_t end = text.find("}}", begin);
        if (end == std::string_view::npos) throw std::runtime_error("an expression without its end");
        const std::string name(text::trim(text.substr(begin + 3, end - begin - 3)));
        const auto found = contexts.find(name);
        if (found == contexts.end()) throw std::runtime_error("no value for the expression '" + name + "'");
        result += found->second;
        text.remove_prefix(end + 2);
    }
}

}  // namespace pr_image::e2e
