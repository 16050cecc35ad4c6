#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::actions {

/// One variable of a git configuration, as `git config --list` names it.
struct GitVariable {
    std::string
        name;  ///< "http.https://github.com/.extraheader": the subsection as written, the rest lower-case
    std::optional<std::string> value;  ///< nothing for a bare name, which git takes for true

    bool operator==(const GitVariable&) const = default;

    /// The last part of the name: "extraheader".
    [[nodiscard]] std::string_view key() const;
    /// What is before the first dot: "http".
    [[nodiscard]] std::string_view section() const;
};

/// What git reads of one configuration file.
struct GitConfig {
    std::vector<GitVariable> variables;  ///< in the file's order; up to `malformed_line`, where there is one
    std::size_t malformed_line = 0;  ///< where git stops with an error, from 1; 0: it reads all of the file
};

/// Takes a git configuration file's content; gives its variables exactly as git reads them (git, `config.c`):
/// byte order mark, CR LF, comments, quotes, escapes, continuation lines, subsections in both spellings.
/// Includes are variables like all others.
GitConfig parse_git_config(std::string_view content);

}  // namespace pr_image::actions
