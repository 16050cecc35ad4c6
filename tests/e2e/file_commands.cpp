#include "e2e/file_commands.hpp"

#include <algorithm>

namespace pr_image::e2e {
namespace {

struct FileLine {
    std::string_view text;
    bool ended = false;  ///< by a line feed, not by the end of the file
};

class LineReader {
  public:
    explicit LineReader(std::string_view text) : text_(text) {}

    std::optional<FileLine> next() {
        if (at_ >= text_.size()) return std::nullopt;
        const std::size_t begin = at_;
        const std::size_t end = text_.find('\n', begin);
        if (end == std::string_view::npos) {
            at_ = text_.size();
            return FileLine{text_.substr(begin), false};
        }
        at_ = end + 1;
        return FileLine{text_.substr(begin, end - begin), true};
    }

    [[nodiscard]] std::size_t position() const { return at_; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

std::string_view without_byte_order_mark(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

}  // namespace

KeyValues parse_key_values(std::string_view file) {
    const std::string_view text = without_byte_order_mark(file);
    KeyValues result;
    LineReader reader(text);
    while (const auto line = reader.next()) {
        if (line->text.empty()) continue;
        const std::size_t equals = line->text.find('=');
        const std::size_t heredoc = line->text.find("<<");
        if (equals == std::string_view::npos && heredoc == std::string_view::npos) {
            result.error = "Invalid format '" + std::string(line->text) + "'";
            return result;
        }
        if (equals < heredoc) {
            if (equals == 0) {
                result.error = "Invalid format '" + std::string(line->text) + "'. Name must not be empty";
                return result;
            }
            result.pairs.emplace_back(line->text.substr(0, equals), line->text.substr(equals + 1));
            continue;
        }
        const std::string_view name = line->text.substr(0, heredoc);
        const std::string_view delimiter = line->text.substr(heredoc + 2);
        if (name.empty() || delimiter.empty()) {
            result.error = "Invalid format '" + std::string(line->text) +
                           "'. Name must not be empty and delimiter must not be empty";
            return result;
        }
        const std::size_t begin = reader.position();
        std::size_t end = begin;
        auto next = reader.next();
        while (next && next->text != delimiter) {
            if (!next->ended) {
                result.error = "Invalid value. EOF marker missing new line.";
                return result;
            }
            end = reader.position() - 1;
            next = reader.next();
        }
        if (!next) {
            result.error = "Invalid value. Matching delimiter not found '" + std::string(delimiter) + "'";
            return result;
        }
        result.pairs.emplace_back(name, end > begin ? text.substr(begin, end - begin) : std::string_view());
    }
    return result;
}

std::vector<std::string> parse_paths(std::string_view file) {
    const std::string_view text = without_byte_order_mark(file);
    std::vector<std::string> paths;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
        if (end > begin) paths.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return paths;
}

}  // namespace pr_image::e2e
