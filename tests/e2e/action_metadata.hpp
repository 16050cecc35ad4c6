#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::e2e {

/// What the runner reads from an action.yml.
struct ActionMetadata {
    std::map<std::string, std::string> inputs;  ///< name → default as written; empty when there is none
    std::vector<std::string> outputs;           ///< declared names
    std::string using_;                         ///< `runs.using`
    std::string entrypoint;                     ///< `runs.entrypoint`, usually empty
    std::string post_entrypoint;                ///< `runs.post-entrypoint`, usually empty
    std::vector<std::string> args;              ///< `runs.args`
    std::map<std::string, std::string> env;     ///< `runs.env`
};

/// Takes the text of an action.yml; throws std::runtime_error with the line for what is no YAML, or of
/// another shape.
ActionMetadata parse_action_metadata(std::string_view yaml);

/// Takes a default or an argument as action.yml has it and the values of the `github` and `inputs` contexts
/// ("github.token" → value); gives it with each `${{ … }}` of a single name replaced. Throws
/// std::runtime_error for any other expression.
std::string evaluate(std::string_view text, const std::map<std::string, std::string>& contexts);

}  // namespace pr_image::e2e
