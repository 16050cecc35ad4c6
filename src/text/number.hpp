#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
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
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [parsed, error] = std::from_chars(begin, end, value, base);
    if (error != std::errc() || parsed != end || value < min || value > max) return std::nullopt;
    return value;
}

/// Takes all digits at the front of `text`; gives their value and removes them. Gives nothing, and leaves the
/// text as it is, where there are none or they make more than `max`.
template <std::unsigned_integral T>
std::optional<T> take_number(std::string_view& text, T max = std::numeric_limits<T>::max()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::optional<T> value = parse_number<T>(text.substr(0, digits), 0, max);
    if (value) text.remove_prefix(digits);
    return value;
}

/// Takes text that is a decimal number and nothing else, as `-12` or `0.5`: no exponent. Gives its value, or
/// nothing, also where it is not between `min` and `max`.
inline std::optional<double> parse_decimal(std::string_view text, double min, double max) {
    double value = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [parsed, error] = std::from_chars(begin, end, value, std::chars_format::fixed);
    // Not a number compares with nothing.
    const bool inside = value >= min && value <= max;
    if (error != std::errc() || parsed != end || !inside) return std::nullopt;
    return value;
}

}  // namespace pr_image::text
