#include "actions/summary.hpp"

#include "actions/append_file.hpp"
#include "text/try.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace pr_image::actions {
namespace {

constexpr std::string_view kCutNote = "\n\n> The rest was left out: a step's summary may be 1 MiB at most.\n";

std::size_t longest_run(std::string_view text, char wanted) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == wanted ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

std::string on_one_line(std::string_view text) {
    std::string line = text::show_hidden(text);
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return line;
}

}  // namespace

std::string markdown_text(std::string_view text) {
    std::string escaped;
    for (const char c : on_one_line(text)) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '@':
                escaped += "&#64;";
                break;
            default:
                if (std::string_view("\\`*_{}[]()#+-!|~:").contains(c)) escaped += '\\';
                escaped += c;
        }
    }
    return escaped;
}

std::string markdown_code(std::string_view text) {
    if (text.empty()) return {};
    const std::string fence(longest_run(text, '`') + 1, '`');
    const std::string_view pad = text.starts_with('`') || text.ends_with('`') ? " " : "";
    std::string escaped;
    for (const char c : on_one_line(text)) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return fmt::format("{}{}{}{}{}", fence, pad, escaped, pad, fence);
}

void Summary::heading(std::string_view text) {
    pieces_.push_back(fmt::format("\n### {}\n\n", markdown_text(text)));
}

void Summary::paragraph(std::string_view text) {
    pieces_.push_back(fmt::format("\n{}\n", markdown_text(text)));
}

void Summary::table(const std::vector<std::string>& header, const std::vector<std::vector<Cell>>& rows) {
    std::string top = "\n|";
    std::string rule = "|";
    for (const std::string& name : header) {
        top += fmt::format(" {} |", markdown_text(name));
        rule += " --- |";
    }
    pieces_.push_back(fmt::format("{}\n{}\n", top, rule));
    for (const std::vector<Cell>& row : rows) {
        std::string line = "|";
        for (const Cell& cell : row) {
            line += fmt::format(" {} |", cell.code ? markdown_code(cell.text) : markdown_text(cell.text));
        }
        pieces_.push_back(line + "\n");
    }
}

void Summary::code(std::string_view language, std::string_view text) {
    const std::string fence(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
    pieces_.push_back(fmt::format("\n{}{}\n{}\n{}\n", fence, language, text::show_hidden(text), fence));
}

std::string Summary::markdown(std::size_t limit) const {
    std::size_t whole = 0;
    for (const std::string& piece : pieces_)
        whole += piece.size();
    std::string page;
    for (const std::string& piece : pieces_) {
        if (whole > limit && page.size() + piece.size() + kCutNote.size() > limit) {
            page += kCutNote;
            break;
        }
        page += piece;
    }
    return page;
}

Result<void> Summary::write(const Environment& environment) const {
    constexpr std::string_view kVariable = "GITHUB_STEP_SUMMARY";
    const std::string path = environment.value(kVariable);
    if (path.empty() || pieces_.empty()) return {};
    TRY_ASSIGN(const int descriptor, open_for_append(kVariable, path));
    struct stat status = {};
    std::size_t taken = 0;
    if (::fstat(descriptor, &status) == 0 && status.st_size > 0) {
        taken = static_cast<std::size_t>(status.st_size);
    }
    Result<void> written;
    if (taken + kCutNote.size() < kLimit) {
        written = append(descriptor, kVariable, markdown(kLimit - taken));
    }
    ::close(descriptor);
    return written;
}

}  // namespace pr_image::actions
