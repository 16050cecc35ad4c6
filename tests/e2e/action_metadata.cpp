#include "e2e/action_metadata.hpp"

#include "text/strings.hpp"

#include <optional>
#include <stdexcept>

namespace pr_image::e2e {
namespace {

struct YamlLine {
    std::size_t number = 0;
    std::size_t indent = 0;
    std::string_view text;  ///< without indentation and white space at the end; empty for blank lines
};

/// One scalar of the document, under the keys that lead to it; a list's items share one path.
struct Scalar {
    std::vector<std::string> path;
    std::string value;
};

[[noreturn]] void refuse(const YamlLine& line) {
    throw std::runtime_error("action.yml line " + std::to_string(line.number) +
                             " is beyond this reader: " + std::string(line.text));
}

std::string_view without_comment(std::string_view text) {
    if (text.starts_with('#')) return {};
    const char quote = text.empty() ? '\0' : text.front();
    if (quote == '\'' || quote == '"') return text;
    const std::size_t comment = text.find(" #");
    return text::trim(text.substr(0, comment));
}

std::string unquote(std::string_view text, const YamlLine& line) {
    if (text.size() >= 2 && text.front() == '\'') {
        if (text.back() != '\'') refuse(line);
        return text::replace_all(text.substr(1, text.size() - 2), "''", "'");
    }
    if (text.size() >= 2 && text.front() == '"') {
        if (text.back() != '"' || text.find('\\') != std::string_view::npos) refuse(line);
        return std::string(text.substr(1, text.size() - 2));
    }
    if (!text.empty() && std::string_view("[{&*!|>%@`").find(text.front()) != std::string_view::npos &&
        text != "[]") {
        refuse(line);
    }
    return std::string(text);
}

std::vector<YamlLine> yaml_lines(std::string_view yaml) {
    std::vector<YamlLine> lines;
    for (const auto raw : text::split(yaml, '\n')) {
        const std::size_t indent = std::min(raw.find_first_not_of(' '), raw.size());
        lines.push_back({lines.size() + 1, indent, text::trim(raw)});
    }
    return lines;
}

class Reader {
  public:
    explicit Reader(std::string_view yaml) : lines_(yaml_lines(yaml)) {}

    std::vector<Scalar> read() {
        while (at_ < lines_.size()) {
            read_line();
        }
        return std::move(scalars_);
    }

  private:
    void read_line() {
        const YamlLine line = lines_[at_++];
        const std::string_view text = without_comment(line.text);
        if (text.empty() || text == "---") return;
        while (!open_.empty() && (open_.back().second > line.indent ||
                                  (open_.back().second == line.indent && !text.starts_with("- ")))) {
            open_.pop_back();
        }
        if (text.starts_with("- ")) {
            scalars_.push_back({path(), scalar(text::trim(text.substr(2)), line)});
            return;
        }
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos || (colon + 1 < text.size() && text[colon + 1] != ' '))
            refuse(line);
        open_.emplace_back(unquote(text.substr(0, colon), line), line.indent);
        const std::string_view value = text::trim(text.substr(colon + 1));
        if (value.empty() && next_is_nested(line.indent)) {
            scalars_.push_back({path(), {}});
            return;
        }
        scalars_.push_back({path(), scalar(value, line)});
    }

    std::string scalar(std::string_view value, const YamlLine& line) {
        const bool block = value.starts_with('|') || value.starts_with('>');
        std::string result = block ? std::string() : unquote(value, line);
        const bool quoted = value.starts_with('\'') || value.starts_with('"');
        for (; !quoted && at_ < lines_.size(); ++at_) {
            const YamlLine& next = lines_[at_];
            if (!next.text.empty() && next.indent <= line.indent) break;
            if (next.text.empty() && !block) break;
            if (!result.empty()) result += value.starts_with('|') ? '\n' : ' ';
            result += next.text;
        }
        return result;
    }

    [[nodiscard]] bool next_is_nested(std::size_t indent) const {
        for (std::size_t i = at_; i < lines_.size(); ++i) {
            if (without_comment(lines_[i].text).empty()) continue;
            return lines_[i].indent > indent || lines_[i].text.starts_with("- ");
        }
        return false;
    }

    [[nodiscard]] std::vector<std::string> path() const {
        std::vector<std::string> keys;
        keys.reserve(open_.size());
        for (const auto& [key, indent] : open_) {
            keys.push_back(key);
        }
        return keys;
    }

    std::vector<YamlLine> lines_;
    std::size_t at_ = 0;
    std::vector<std::pair<std::string, std::size_t>> open_;
    std::vector<Scalar> scalars_;
};

}  // namespace

ActionMetadata parse_action_metadata(std::string_view yaml) {
    ActionMetadata metadata;
    for (auto& [path, value] : Reader(yaml).read()) {
        if (path.front() == "inputs" && path.size() >= 2) {
            auto& standard = metadata.inputs[path[1]];
            if (path.size() == 3 && path[2] == "default") standard = value;
        } else if (path.front() == "outputs" && path.size() == 2) {
            metadata.outputs.push_back(path[1]);
        } else if (path.front() == "runs" && path.size() == 2) {
            if (path[1] == "using") metadata.using_ = value;
            if (path[1] == "entrypoint") metadata.entrypoint = value;
            if (path[1] == "post-entrypoint") metadata.post_entrypoint = value;
            if (path[1] == "args" && !value.empty()) metadata.args.push_back(value);
        } else if (path.front() == "runs" && path.size() == 3 && path[1] == "env") {
            metadata.env[path[2]] = value;
        }
    }
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
