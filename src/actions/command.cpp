#include "actions/command.hpp"

#include <fmt/format.h>

namespace pr_image::actions {
namespace {

std::string escape(std::string_view text, bool property) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '%':
                escaped += "%25";
                break;
            case '\r':
                escaped += "%0D";
                break;
            case '\n':
                escaped += "%0A";
                break;
            case ':':
                escaped += property ? "%3A" : ":";
                break;
            case ',':
                escaped += property ? "%2C" : ",";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

bool is_printable_ascii(char c) {
    return c > ' ' && c <= '~';
}

}  // namespace

std::string workflow_command(std::string_view name, const Properties& properties, std::string_view data) {
    std::string written;
    for (const auto& [key, value] : properties) {
        if (value.empty()) continue;
        written += written.empty() ? ' ' : ',';
        written += fmt::format("{}={}", key, escape(value, true));
    }
    return fmt::format("::{}{}::{}", name, written, escape(data, false));
}

std::string inert_line(std::string_view line) {
    std::string inert;
    char before_last = '\0';
    char last = '\0';
    for (const char c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F) {
            inert += fmt::format("\\x{:02x}", byte);
            before_last = 'x', last = 'x';
            continue;
        }
        if (is_printable_ascii(c)) {
            const bool old_command = before_last == '#' && last == '#' && c == '[';
            const bool new_command = before_last == '\0' && last == ':' && c == ':';
            if (old_command || new_command) inert += ' ';
            before_last = last, last = c;
        } else if (c == ' ' && last != '\0') {
            before_last = 'x', last = ' ';
        }
        inert += c;
    }
    return inert;
}

std::vector<std::string_view> runner_lines(std::string_view text) {
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\r\n");
        found.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
    }
    if (found.empty()) found.emplace_back();
    return found;
}

}  // namespace pr_image::actions
