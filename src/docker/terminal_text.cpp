#include "docker/terminal_text.hpp"

#include "text/utf8.hpp"

namespace pr_image::docker {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\x07';

/// Takes text that begins with an escape character; gives the length of the sequence, which may be cut off.
std::size_t escape_length(std::string_view text) {
    if (text.size() < 2) return text.size();
    const auto until = [&](auto is_end) {
        std::size_t at = 2;
        while (at < text.size() && !is_end(at))
            ++at;
        return at < text.size() ? at + 1 : at;
    };
    switch (text[1]) {
        case '[':  // control sequence: parameters, then one byte of 0x40 to 0x7E
            return until([&](std::size_t at) { return text[at] >= '@' && text[at] <= '~'; });
        case ']':
        case 'P':
        case 'X':
        case '^':
        case '_':  // a string, ended by a bell or by ESC backslash
            return until([&](std::size_t at) {
                return text[at] == kBell || (text[at] == '\\' && text[at - 1] == kEscape);
            });
        default: {  // intermediate bytes, then a final one
            std::size_t at = 1;
            while (at < text.size() && text[at] >= ' ' && text[at] <= '/')
                ++at;
            return at < text.size() && text[at] >= '0' && text[at] <= '~' ? at + 1 : at;
        }
    }
}

std::string_view last_state(std::string_view line) {
    while (line.ends_with('\r'))
        line.remove_suffix(1);
    return line.substr(line.rfind('\r') + 1);
}

}  // namespace

std::string plain_line(std::string_view line, std::size_t limit) {
    line = last_state(line);
    std::string plain;
    while (!line.empty()) {
        if (line.front() == kEscape) {
            line.remove_prefix(escape_length(line));
            continue;
        }
        const text::CodePoint next = text::decode_utf8(line);
        const bool control = next.value < 0x20 || (next.value >= 0x7F && next.value < 0xA0);
        if (next.valid && control && next.value != U'\t') {
            line.remove_prefix(next.length);
            continue;
        }
        const std::string shown =
            next.valid ? text::show_hidden(line.substr(0, next.length)) : std::string("\uFFFD");
        if (plain.size() + shown.size() > limit) return plain + "…";
        plain += shown;
        line.remove_prefix(next.length);
    }
    return plain;
}

}  // namespace pr_image::docker
