#include "http/date.hpp"

#include "text/number.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace pr_image::http {

std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view value) {
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::vector<std::string_view> parts = text::split(value, ' ');
    if (parts.size() != 6 || parts[5] != "GMT") return std::nullopt;
    const std::vector<std::string_view> clock = text::split(parts[4], ':');
    const auto month = std::ranges::find(months, parts[2]);
    const auto day = text::parse_number<unsigned>(parts[1], 1, 31);
    // The clock counts nanoseconds in 64 bits: a year far from now would come out as some other one.
    const auto year = text::parse_number<unsigned>(parts[3], 1970, 2200);
    if (clock.size() != 3 || month == months.end() || !day || !year) return std::nullopt;
    const auto hour = text::parse_number<unsigned>(clock[0], 0, 23);
    const auto minute = text::parse_number<unsigned>(clock[1], 0, 59);
    const auto second = text::parse_number<unsigned>(clock[2], 0, 60);
    const std::chrono::year_month_day date{
        std::chrono::year(static_cast<int>(*year)),
        std::chrono::month(static_cast<unsigned int>(month - months.begin() + 1)), std::chrono::day(*day)};
    if (!hour || !minute || !second || !date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

std::chrono::system_clock::time_point server_time(const Headers& headers) {
    const std::optional<std::string_view> date = headers.get("Date");
    const auto said = date ? parse_http_date(text::trim(*date)) : std::nullopt;
    return said.value_or(std::chrono::system_clock::now());
}

}  // namespace pr_image::http
