#pragma once

#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace pr_image::text {

/// Takes text that is a whole number and nothing else: digits of `base`, a leading minus where T has a sign.
/// Gives its value, or nothing when it is anything else (empty, a plus sign, blanks), does not fit in T, or
/// is outside `min` to `max`. Leading zeros are digits like others.
template <std::integral T>
std::optional<T> parse_number(std::string_view text, T min = std::numeric_limits<T>::min(),
                              T max = std::numeric_limits<T>::max(), int base = 10) {
    T value{};
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, value, base);
    if (error != std::errc() || parsed != end || value < min || value > max) return std::nullopt;
    return value;
}

}  // namespace pr_image::text
