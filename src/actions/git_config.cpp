#include "actions/git_config.hpp"

#include "text/strings.hpp"

#include <utility>

namespace pr_image::actions {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// git's own idea of white space, which has neither VT nor FF.
bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_letter(char c) {
    return text::is_word(c) && !text::is_digit(c) && c != '_';
}

bool is_key_character(char c) {
    return (text::is_word(c) && c != '_') || c == '-';
}

/// Follows git's reader function by function, so that both can be compared side by side.
class Reader {
  public:
    explicit Reader(std::string_view content) : rest_(content) {
        if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
    }

    GitConfig read() {
        bool comment = false;
        std::string section;
        for (;;) {
            const char c = next();
            if (c == '\n') {
                if (ended_) return std::move(config_);
                comment = false;
                continue;
            }
            if (comment || is_space(c)) continue;
            if (c == '#' || c == ';') {
                comment = true;
                continue;
            }
            if (c == '[') {
                section.clear();
                if (!read_section(section) || section.empty()) break;
                section += '.';
                continue;
            }
            if (!is_letter(c)) break;
            if (!read_variable(section + lower(c))) break;
        }
        config_.malformed_line = line_;
        return std::move(config_);
    }

  private:
    /// CR LF is one line end, and so is the end of the file.
    char next() {
        if (after_line_end_) ++line_;
        after_line_end_ = false;
        if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
        if (rest_.empty()) {
            ended_ = true;
            return '\n';
        }
        const char c = rest_.front();
        rest_.remove_prefix(1);
        after_line_end_ = c == '\n';
        return c;
    }

    bool read_section(std::string& name) {
        for (;;) {
            const char c = next();
            if (ended_) return false;
            if (c == ']') return true;
            if (is_space(c)) return c != '\n' && read_subsection(name);
            if (!is_key_character(c) && c != '.') return false;
            name += lower(c);
        }
    }

    bool read_subsection(std::string& name) {
        char c = next();
        while (c != '\n' && is_space(c))
            c = next();
        if (c != '"') return false;
        name += '.';
        for (;;) {
            c = next();
            if (c == '"') break;
            if (c == '\\') c = next();
            if (c == '\n') return false;
            name += c;
        }
        return next() == ']';
    }

    bool read_variable(std::string name) {
        char c = next();
        while (!ended_ && is_key_character(c)) {
            name += lower(c);
            c = next();
        }
        while (c == ' ' || c == '\t')
            c = next();
        if (c == '\n') {
            config_.variables.push_back({std::move(name), std::nullopt});
            return true;
        }
        if (c != '=') return false;
        std::optional<std::string> value = read_value();
        if (!value) return false;
        config_.variables.push_back({std::move(name), std::move(value)});
        return true;
    }

    std::optional<std::string> read_value() {
        std::string value;
        std::string blanks;  // between words; those at the end do not count
        bool quoted = false;
        bool comment = false;
        for (;;) {
            char c = next();
            if (c == '\n') return quoted ? std::nullopt : std::optional(std::move(value));
            if (comment) continue;
            if (is_space(c) && !quoted) {
                if (!value.empty()) blanks += c;
                continue;
            }
            if (!quoted && (c == ';' || c == '#')) {
                comment = true;
                continue;
            }
            value += std::exchange(blanks, {});
            if (c == '"') {
                quoted = !quoted;
                continue;
            }
            if (c == '\\') {
                c = next();
                if (c == '\n') continue;
                constexpr std::string_view kEscapes = "tbn\\\"";
                constexpr std::string_view kMeaning = "\t\b\n\\\"";
                const std::size_t known = kEscapes.find(c);
                if (known == std::string_view::npos) return std::nullopt;
                c = kMeaning[known];
            }
            value += c;
        }
    }

    std::string_view rest_;
    GitConfig config_;
    std::size_t line_ = 1;
    bool after_line_end_ = false;
    bool ended_ = false;
};

}  // namespace

std::string_view GitVariable::key() const {
    const std::string_view whole = name;
    return whole.substr(whole.rfind('.') + 1);
}

std::string_view GitVariable::section() const {
    const std::string_view whole = name;
    return whole.substr(0, whole.find('.'));
}

GitConfig parse_git_config(std::string_view content) {
    return Reader(content).read();
}

}  // namespace pr_image::actions
