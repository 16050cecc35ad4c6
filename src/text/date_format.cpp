#include "text/date_format.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <utility>

namespace pr_image::text {

using namespace std::chrono;

namespace {

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};

/// The local shapes, which are formats themselves.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kLocalShapes{
    {{"LTS", "h:mm:ss A"},
     {"LT", "h:mm A"},
     {"LLLL", "dddd, MMMM D, YYYY h:mm A"},
     {"LLL", "MMMM D, YYYY h:mm A"},
     {"LL", "MMMM D, YYYY"},
     {"L", "MM/DD/YYYY"},
     {"llll", "ddd, MMM D, YYYY h:mm A"},
     {"lll", "MMM D, YYYY h:mm A"},
     {"ll", "MMM D, YYYY"},
     {"l", "M/D/YYYY"}}};

/// Every token; where one starts like another, the one that Moment.js prefers comes first.
constexpr std::array<std::string_view, 79> kTokens{
    "eHHmm", "Hmmss", "Hmm",  "hmmss", "hmm",       "Mo",       "MMMM",    "MMM",    "MM",    "M",
    "Do",    "DDDo",  "DDDD", "DDD",   "DD",        "D",        "dddd",    "ddd",    "dd",    "do",
    "d",     "wo",    "ww",   "w",     "Wo",        "WW",       "W",       "Qo",     "Q",     "NNNNN",
    "NNNN",  "NNN",   "NN",   "N",     "YYYYYY",    "YYYYY",    "YYYY",    "YY",     "Y",     "yyyy",
    "yyy",   "yy",    "yo",   "y",     "ggggg",     "gggg",     "gg",      "GGGGG",  "GGGG",  "GG",
    "e",     "E",     "a",    "A",     "hh",        "h",        "HH",      "H",      "kk",    "k",
    "mm",    "m",     "ss",   "s",     "SSSSSSSSS", "SSSSSSSS", "SSSSSSS", "SSSSSS", "SSSSS", "SSSS",
    "SSS",   "SS",    "S",    "x",     "X",         "zz",       "z",       "ZZ",     "Z"};

std::string ordinal(int number) {
    const int tens = number % 100 / 10;
    const int ones = number % 10;
    std::string_view suffix = "th";
    if (tens != 1 && ones == 1) suffix = "st";
    if (tens != 1 && ones == 2) suffix = "nd";
    if (tens != 1 && ones == 3) suffix = "rd";
    return fmt::format("{}{}", number, suffix);
}

struct Week {
    int year = 0;
    int number = 0;
};

/// A week belongs to the year that its `decisive` day falls in, counted from its first day.
Week week_of(local_days date, weekday first_day, days decisive) {
    const local_days start = date - (weekday(date) - first_day);
    const local_days deciding = start + decisive;
    const year_month_day ymd(deciding);
    const auto day_of_year = (deciding - local_days(ymd.year() / 1 / 1)).count();
    return {static_cast<int>(ymd.year()), static_cast<int>(day_of_year / 7) + 1};
}

/// One moment as a zone's clocks and calendar show it.
class Display {
  public:
    Display(Timestamp time, const TimeZone& zone)
        : time_(time),
          type_(zone.at(time)),
          local_(time.time_since_epoch() + type_.offset),
          date_(floor<days>(local_)),
          ymd_(date_),
          clock_(local_ - date_) {}

    /// Gives what a token stands for.
    [[nodiscard]] std::string show(std::string_view token) const {
        switch (token.front()) {
            case 'Y':
            case 'y':
            case 'N':
                return show_year(token);
            case 'M':
            case 'Q':
                return show_month(token);
            case 'D':
            case 'd':
            case 'E':
                return show_day(token);
            case 'e':
                return token.size() == 1 ? fmt::format("{}", weekday_number())
                                         : fmt::format("{}{:02}{:02}", weekday_number(), hour(), minute());
            case 'W':
            case 'w':
            case 'G':
            case 'g':
                return show_week(token);
            case 'z':
                return type_.abbreviation;
            case 'Z':
                return show_offset(token.size() == 1 ? ":" : "");
            case 'x':
                return fmt::format("{}", time_.time_since_epoch().count());
            case 'X':
                return fmt::format("{}", floor<seconds>(time_).time_since_epoch().count());
            default:
                return show_clock(token);
        }
    }

    [[nodiscard]] bool is_utc() const { return type_.offset == seconds(0); }

  private:
    [[nodiscard]] int year() const { return static_cast<int>(ymd_.year()); }
    [[nodiscard]] int month() const { return static_cast<int>(static_cast<unsigned>(ymd_.month())); }
    [[nodiscard]] int day() const { return static_cast<int>(static_cast<unsigned>(ymd_.day())); }
    [[nodiscard]] int weekday_number() const { return static_cast<int>(weekday(date_).c_encoding()); }
    [[nodiscard]] int day_of_year() const {
        return static_cast<int>((date_ - local_days(ymd_.year() / 1 / 1)).count()) + 1;
    }
    [[nodiscard]] int hour() const { return static_cast<int>(clock_.hours().count()); }
    [[nodiscard]] int hour_of_12() const { return hour() % 12 == 0 ? 12 : hour() % 12; }
    [[nodiscard]] int minute() const { return static_cast<int>(clock_.minutes().count()); }
    [[nodiscard]] int second() const { return static_cast<int>(clock_.seconds().count()); }

    static std::string padded(int value, std::size_t width) { return fmt::format("{:0{}}", value, width); }

    [[nodiscard]] std::string show_year(std::string_view token) const {
        if (token == "NNNN") return "Anno Domini";
        if (token.front() == 'N') return "AD";
        if (token == "yo") return ordinal(year());
        if (token == "YY") return padded(year() % 100, 2);
        if (token == "Y") return padded(year(), 4);
        if (token == "YYYYYY") return "+" + padded(year(), 6);
        return padded(year(), token.size());
    }

    [[nodiscard]] std::string show_month(std::string_view token) const {
        const int quarter = (month() + 2) / 3;
        if (token == "Qo") return ordinal(quarter);
        if (token == "Q") return fmt::format("{}", quarter);
        if (token == "Mo") return ordinal(month());
        const std::string_view name = kMonths.at(static_cast<std::size_t>(month() - 1));
        if (token == "MMMM") return std::string(name);
        if (token == "MMM") return std::string(name.substr(0, 3));
        return padded(month(), token.size());
    }

    [[nodiscard]] std::string show_day(std::string_view token) const {
        if (token == "Do") return ordinal(day());
        if (token == "DDDo") return ordinal(day_of_year());
        if (token == "DDDD") return padded(day_of_year(), 3);
        if (token == "DDD") return fmt::format("{}", day_of_year());
        if (token.front() == 'D') return padded(day(), token.size());
        if (token == "E") return fmt::format("{}", weekday(date_).iso_encoding());
        if (token == "d") return fmt::format("{}", weekday_number());
        if (token == "do") return ordinal(weekday_number());
        const std::string_view name = kWeekdays.at(static_cast<std::size_t>(weekday_number()));
        return std::string(token == "dddd" ? name : name.substr(0, token.size()));
    }

    [[nodiscard]] std::string show_week(std::string_view token) const {
        const bool iso = token.front() == 'W' || token.front() == 'G';
        const Week week = iso ? week_of(date_, Monday, days(3)) : week_of(date_, Sunday, days(6));
        if (token == "gg" || token == "GG") return padded(week.year % 100, 2);
        if (token.front() == 'g' || token.front() == 'G') return padded(week.year, token.size());
        return token.ends_with('o') ? ordinal(week.number) : padded(week.number, token.size());
    }

    [[nodiscard]] std::string show_offset(std::string_view separator) const {
        const auto total = duration_cast<minutes>(type_.offset).count();
        const auto size = total < 0 ? -total : total;
        return fmt::format("{}{:02}{}{:02}", total < 0 ? '-' : '+', size / 60, separator, size % 60);
    }

    [[nodiscard]] std::string show_clock(std::string_view token) const {
        if (token == "A") return hour() < 12 ? "AM" : "PM";
        if (token == "a") return hour() < 12 ? "am" : "pm";
        const int shown_hour = token.front() == 'h'                  ? hour_of_12()
                               : token.front() == 'k' && hour() == 0 ? 24
                                                                     : hour();
        if (token.ends_with("mmss")) return fmt::format("{}{:02}{:02}", shown_hour, minute(), second());
        if (token.size() == 3 && token.ends_with("mm")) return fmt::format("{}{:02}", shown_hour, minute());
        switch (token.front()) {
            case 'm':
                return padded(minute(), token.size());
            case 's':
                return padded(second(), token.size());
            case 'S': {
                std::string fraction = padded(static_cast<int>(clock_.subseconds().count()), 3);
                fraction.resize(token.size(), '0');
                return fraction;
            }
            default:
                return padded(shown_hour, token.size());
        }
    }

    Timestamp time_;
    const LocalTimeType& type_;
    local_time<milliseconds> local_;
    local_days date_;
    year_month_day ymd_;
    hh_mm_ss<milliseconds> clock_;
};

/// Gives the length of the bracketed text that `format` starts with, or 0. It reaches to the last `]` before
/// the next `[`.
std::size_t bracketed(std::string_view format) {
    if (!format.starts_with('[')) return 0;
    const std::size_t close = format.substr(0, format.find('[', 1)).rfind(']');
    return close == std::string_view::npos ? 0 : close + 1;
}

template <typename Tokens, typename Name>
std::string_view token_at(std::string_view format, const Tokens& tokens, Name name) {
    const auto found = std::ranges::find_if(
        tokens, [&](const auto& token) { return format.starts_with(std::invoke(name, token)); });
    return found == tokens.end() ? std::string_view() : std::string_view(std::invoke(name, *found));
}

std::string expand_local_shapes(std::string_view format) {
    std::string expanded;
    while (!format.empty()) {
        std::size_t length = bracketed(format);
        if (length == 0) {
            const bool escaped = format.starts_with('\\');
            const std::string_view token = token_at(format.substr(escaped ? 1 : 0), kLocalShapes,
                                                    &std::pair<std::string_view, std::string_view>::first);
            if (!token.empty() && !escaped) {
                expanded += std::ranges::find(kLocalShapes, token,
                                              &std::pair<std::string_view, std::string_view>::first)
                                ->second;
                format.remove_prefix(token.size());
                continue;
            }
            length = token.empty() ? 1 : token.size() + 1;
        }
        expanded += format.substr(0, length);
        format.remove_prefix(length);
    }
    return expanded;
}

}  // namespace

std::string format_date(Timestamp time, const TimeZone& zone, std::string_view format) {
    const Display display(time, zone);
    if (format.empty()) format = display.is_utc() ? "YYYY-MM-DDTHH:mm:ss[Z]" : "YYYY-MM-DDTHH:mm:ssZ";
    const std::string expanded = expand_local_shapes(format);
    std::string shown;
    for (std::string_view rest = expanded; !rest.empty();) {
        if (const std::size_t length = bracketed(rest); length != 0) {
            shown += rest.substr(1, length - 2);
            rest.remove_prefix(length);
            continue;
        }
        const bool escaped = rest.starts_with('\\');
        if (escaped) rest.remove_prefix(1);
        const std::string_view token = token_at(rest, kTokens, std::identity());
        const std::size_t length = token.empty() ? std::min<std::size_t>(rest.size(), 1) : token.size();
        if (escaped || token.empty()) {
            shown += rest.substr(0, length);
        } else {
            shown += display.show(token);
        }
        rest.remove_prefix(length);
    }
    return shown;
}

}  // namespace pr_image::text
