#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::text {

/// Gives `text` without white space (space, tab, CR, LF, VT, FF) at both ends.
std::string_view trim(std::string_view text);

/// Gives `text` with ASCII letters in lower case; other bytes stay.
std::string to_lower(std::string_view text);

/// Splits at every `separator`; an empty text gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Gives the lines of `text`, trimmed, without the empty ones; CR LF and LF both end a line.
std::vector<std::string_view> lines(std::string_view text);

/// Joins `parts` with `separator` between them.
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Gives `text` with every occurrence of `from` (not empty) replaced by `to`.
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

/// True for 0-9 only, without regard to the locale.
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// True for 0-9, a-f and A-F.
constexpr bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// True for a-z and 0-9.
constexpr bool is_lower_alnum(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

/// True for a-z, A-Z, 0-9 and `_`.
constexpr bool is_word(char c) {
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace pr_image::text
