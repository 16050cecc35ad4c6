#include "e2e/yaml.hpp"

#include <set>
#include <stdexcept>

namespace pr_image::e2e {
namespace {

[[noreturn]] void refuse(const YAML::Mark& mark, const std::string& why) {
    throw std::runtime_error("line " + std::to_string(mark.line + 1) + ": " + why);
}

void refuse_doubles(const YAML::Node& node) {
    std::set<std::string> keys;
    if (node.IsMap()) {
        for (const auto& entry : node) {
            const std::string key = yaml_text(entry.first);
            if (!keys.insert(key).second) refuse(entry.first.Mark(), "'" + key + "' is there twice");
            refuse_doubles(entry.second);
        }
    } else if (node.IsSequence()) {
        for (const YAML::Node& item : node)
            refuse_doubles(item);
    }
}

}  // namespace

YAML::Node parse_yaml(std::string_view yaml, std::string_view name) {
    try {
        YAML::Node node = YAML::Load(std::string(yaml));
        refuse_doubles(node);
        return node;
    } catch (const YAML::Exception& problem) {
        throw std::runtime_error(std::string(name) + ": line " + std::to_string(problem.mark.line + 1) +
                                 ": " + problem.msg);
    } catch (const std::runtime_error& problem) {
        throw std::runtime_error(std::string(name) + ": " + problem.what());
    }
}

std::string yaml_text(const YAML::Node& node) {
    if (!node.IsDefined() || node.IsNull()) return {};
    if (!node.IsScalar()) refuse(node.Mark(), "a text was expected");
    return node.Scalar();
}

std::vector<std::string> yaml_texts(const YAML::Node& node) {
    std::vector<std::string> texts;
    if (!node.IsDefined() || node.IsNull()) return texts;
    if (!node.IsSequence()) return {yaml_text(node)};
    for (const YAML::Node& item : node)
        texts.push_back(yaml_text(item));
    return texts;
}

}  // namespace pr_image::e2e
