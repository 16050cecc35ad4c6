#include "http/date.hpp"

#include "text/strings.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace pr_image::http {

namespace {

std::optional<int> number(std::string_view digits, std::size_t most_digits) {
    if (digits.empty() || digits.size() > most_digits || !std::ranges::all_of(digits, text::is_digit)) {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : digits)
        value = value * 10 + (c - '0');
    return value;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view value) {
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::vector<std::string_view> parts = text::split(value, ' ');
    if (parts.size() != 6 || parts[5] != "GMT") return std::nullopt;
    const std::vector<std::string_view> clock = text::split(parts[4], ':');
    const auto month = std::ranges::find(months, parts[2]);
    const std::optional<int> day = number(parts[1], 2);
    const std::optional<int> year = number(parts[3], 4);
    if (clock.size() != 3 || month == months.end() || !day || !year) return std::nullopt;
    const std::optional<int> hour = number(clock[0], 2);
    const std::optional<int> minute = number(clock[1], 2);
    const std::optional<int> second = number(clock[2], 2);
    const std::chrono::year_month_day date{
        std::chrono::year(*year), std::chrono::month(static_cast<unsigned int>(month - months.begin() + 1)),
        std::chrono::day(static_cast<unsigned int>(*day))};
    // The clock counts nanoseconds in 64 bits: a year far from now would come out as some other one.
    if (!hour || !minute || !second || !date.ok() || *year < 1970 || *year > 2200) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

std::chrono::system_clock::time_point server_time(const Headers& headers) {
    const std::optional<std::string_view> date = headers.get("Date");
    const auto said = date ? parse_http_date(text::trim(*date)) : std::nullopt;
    return said.value_or(std::chrono::system_clock::now());
}

}  // namespace pr_image::http
