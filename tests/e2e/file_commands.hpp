#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::e2e {

/// What the runner reads from a file such as the one that `GITHUB_OUTPUT` names.
struct KeyValues {
    std::vector<std::pair<std::string, std::string>> pairs;  ///< in the file's order; a later one wins
    std::optional<std::string> error;  ///< why the rest could not be read: the runner fails the step, but has
                                       ///< taken the pairs before it
};

/// Takes the text of a GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE file; gives its `NAME=VALUE` and
/// `NAME<<DELIMITER` entries (actions/runner, `FileCommandManager.cs`, `EnvFileKeyValuePairs`).
KeyValues parse_key_values(std::string_view text);

/// Takes the text of a GITHUB_PATH file; gives its lines that are not empty.
std::vector<std::string> parse_paths(std::string_view text);

/// The most bytes that a step summary may have; a longer one is dropped with an error.
constexpr std::size_t kStepSummaryLimit = 1024UL * 1024;

}  // namespace pr_image::e2e
