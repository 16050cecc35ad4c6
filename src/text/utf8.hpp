#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pr_image::text {

/// One step of reading UTF-8.
struct CodePoint {
    char32_t value = 0;
    std::size_t length = 1;  ///< bytes read; 1 when they are not valid UTF-8
    bool valid = false;
};

/// Takes text that is not empty; gives its first code point by RFC 3629 (no overlong forms, no surrogates).
CodePoint decode_utf8(std::string_view text);

/// Says whether all of `text` is valid UTF-8.
bool is_utf8(std::string_view text);

/// True for characters that nobody sees, and that make a reader see something else than what is there:
/// bidirectional controls (Unicode's UAX #9, the "Trojan Source" of CVE-2021-42574), line and paragraph
/// separators, format controls and fillers without a width, tags, and the variation selectors of plane 14.
/// The zero-width joiner and non-joiner and the variation selectors of plane 0 are none: scripts and emoji
/// are written with them.
bool is_hidden(char32_t code_point);

/// Gives `text` with each hidden character as an escape that is seen: `\u{202e}`. Other bytes stay.
std::string show_hidden(std::string_view text);

}  // namespace pr_image::text
