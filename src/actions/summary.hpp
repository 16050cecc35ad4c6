#pragma once

#include "actions/environment.hpp"
#include "text/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::actions {

/// The page in GitHub-flavoured Markdown that a step shows on its run (`GITHUB_STEP_SUMMARY`). Every text
/// that is added is shown as it is: nothing in it becomes markup, a table border or HTML.
class Summary {
  public:
    /// GitHub refuses a step's summary that is larger; the runner then drops all of it.
    static constexpr std::size_t kLimit = std::size_t{1} << 20U;

    /// One cell of a table.
    struct Cell {
        std::string text;
        bool code = false;  ///< in a code span: digests, references, paths
    };

    void heading(std::string_view text);
    void paragraph(std::string_view text);
    void table(const std::vector<std::string>& header, const std::vector<std::vector<Cell>>& rows);
    /// A fenced block; `language` (`json`, `text`) is a literal of ours.
    void code(std::string_view language, std::string_view text);

    /// Gives the page in at most `limit` bytes. What does not fit is left out from the first such row or
    /// block on, and a last line says so.
    [[nodiscard]] std::string markdown(std::size_t limit = kLimit) const;

    /// Appends the page to the step's summary; does nothing where there is none (outside Actions). An Error
    /// says why the file could not be written.
    [[nodiscard]] Result<void> write(const Environment& environment) const;

  private:
    std::vector<std::string> pieces_;  ///< each is whole Markdown, and is left out as a whole
};

/// Gives text for a Markdown paragraph or table cell: markup and HTML characters are escaped, line breaks
/// become spaces.
std::string markdown_text(std::string_view text);

/// Gives text as a code span for a table cell, where a `|` needs its escape even inside code.
std::string markdown_code(std::string_view text);

}  // namespace pr_image::actions
