#pragma once

#include <string>
#include <string_view>
#include <vector>
#include <yaml-cpp/yaml.h>

namespace pr_image::e2e {

/// Takes a document and what it is called; gives its one node. Throws std::runtime_error with the line for
/// what is no YAML, and for a key that a map has twice, which GitHub refuses.
YAML::Node parse_yaml(std::string_view yaml, std::string_view name);

/// Takes a scalar, or null, which is the empty string; throws std::runtime_error with the line for a list or
/// a map.
std::string yaml_text(const YAML::Node& node);

/// Takes a scalar, a list of scalars, or nothing; gives the texts.
std::vector<std::string> yaml_texts(const YAML::Node& node);

}  // namespace pr_image::e2e
