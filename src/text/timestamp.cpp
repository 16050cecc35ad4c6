#include "text/timestamp.hpp"

#include "text/number.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace pr_image::text {

using namespace std::chrono;

namespace {

/// Takes `count` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    const auto value = parse_number<unsigned>(text.substr(0, count));
    if (value) text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<milliseconds> take_fraction(std::string_view& text) {
    if (!take(text, '.')) return milliseconds(0);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    std::string padded(text.substr(0, std::min<std::size_t>(digits, 3)));
    padded.resize(3, '0');
    text.remove_prefix(digits);
    std::string_view rest = padded;
    return milliseconds(take_digits(rest, 3).value_or(0));
}

std::optional<minutes> take_offset(std::string_view& text) {
    if (take(text, 'Z') || take(text, 'z')) return minutes(0);
    const bool west = text.starts_with('-');
    if (!west && !text.starts_with('+')) return std::nullopt;
    text.remove_prefix(1);
    const std::optional<int> hour = take_digits(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const std::optional<int> minute = take_digits(text, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    const minutes offset = hours(*hour) + minutes(*minute);
    return west ? -offset : offset;
}

}  // namespace

std::optional<Timestamp> read_timestamp(std::string_view text) {
    const std::optional<int> y = take_digits(text, 4);
    if (!y || !take(text, '-')) return std::nullopt;
    const std::optional<int> m = take_digits(text, 2);
    if (!m || !take(text, '-')) return std::nullopt;
    const std::optional<int> d = take_digits(text, 2);
    if (!d || (!take(text, 'T') && !take(text, 't') && !take(text, ' '))) return std::nullopt;
    const std::optional<int> hour = take_digits(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const std::optional<int> minute = take_digits(text, 2);
    if (!minute || !take(text, ':')) return std::nullopt;
    const std::optional<int> second = take_digits(text, 2);
    if (!second) return std::nullopt;
    const std::optional<milliseconds> fraction = take_fraction(text);
    const std::optional<minutes> offset = fraction ? take_offset(text) : std::nullopt;
    if (!offset || !text.empty()) return std::nullopt;

    const year_month_day date{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
    // 60 is a leap second, which POSIX time counts as the next minute's first.
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second) + *fraction - *offset;
}

Result<Timestamp> parse_timestamp(std::string_view text) {
    const std::optional<Timestamp> time = read_timestamp(text);
    if (!time) {
        return fail("Invalid time", fmt::format("'{}' is not a date and time of RFC 3339", printable(text)),
                    "Write for example 2020-01-10T00:30:00Z.");
    }
    return *time;
}

Result<Timestamp> parse_epoch_seconds(std::string_view text) {
    constexpr seconds kEnd = sys_days(year(10000) / 1 / 1).time_since_epoch();
    const auto count = parse_number<std::uint64_t>(text, 0, kEnd.count() - 1);
    if (!count) {
        return fail("Invalid time", fmt::format("'{}' is not a count of seconds since 1970", printable(text)),
                    "Write for example 1578616200.");
    }
    return Timestamp(seconds(*count));
}

std::string to_string(Timestamp time) {
    const sys_days date = floor<days>(time);
    const year_month_day ymd(date);
    const hh_mm_ss clock(time - date);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(ymd.year()),
                       static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

}  // namespace pr_image::text
