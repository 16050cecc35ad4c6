#include "text/error.hpp"

#include "text/utf8.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::text {

std::unexpected<Error> fail(std::string what, std::string why, std::string fix) {
    return std::unexpected(Error{std::move(what), std::move(why), std::move(fix)});
}

std::string to_string(const Error& error) {
    std::string line = fmt::format("{}: {}", error.what, error.why);
    if (!error.fix.empty()) {
        if (!line.ends_with('.')) line += '.';
        line += ' ';
        line += error.fix;
    }
    return line;
}

std::string printable(std::string_view value, std::size_t limit) {
    std::string shown;
    std::size_t at = 0;
    while (at < value.size()) {
        const CodePoint next = decode_utf8(value.substr(at));
        if (at + next.length > limit) {
            shown += "…";
            break;
        }
        if (!next.valid) {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(value[at]));
        } else if (next.value < 0x20 || (next.value >= 0x7F && next.value < 0xA0)) {
            shown += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(next.value));
        } else if (is_hidden(next.value)) {
            shown += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(next.value));
        } else {
            shown += value.substr(at, next.length);
        }
        at += next.length;
    }
    return shown;
}

}  // namespace pr_image::text
