#include "text/time_zone.hpp"

#include "text/number.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace pr_image::text {

using namespace std::chrono;

namespace {

std::unexpected<Error> bad_file(std::string_view why) {
    return fail("Unreadable time zone", fmt::format("its data is not TZif: {}", why),
                "Install tzdata again, or leave tz= out for UTC.");
}

std::unexpected<Error> bad_rule(std::string_view text) {
    return fail("Unreadable time zone", fmt::format("'{}' is no POSIX time zone rule", printable(text)));
}

/// RFC 8536 section 3.2: no clock is a day away from UTC, and whoever adds to a date counts on that.
bool is_offset(seconds offset) {
    return offset > -hours(25) && offset < hours(26);
}

/// Reads big-endian numbers off the front; once something is missing it stays bad.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

    std::int64_t number(std::size_t size) {
        const std::string_view raw = take(size);
        std::uint64_t value = !raw.empty() && (static_cast<unsigned char>(raw.front()) & 0x80U) != 0
                                  ? ~std::uint64_t{0}
                                  : std::uint64_t{0};
        for (const char byte : raw)
            value = (value << 8U) | static_cast<unsigned char>(byte);
        return static_cast<std::int64_t>(value);
    }
    std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
    std::string_view take(std::size_t size) {
        if (size > bytes_.size()) {
            ok_ = false;
            bytes_ = {};
            return {};
        }
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }
    [[nodiscard]] std::string_view rest() const { return bytes_; }
    [[nodiscard]] bool ok() const { return ok_; }

  private:
    std::string_view bytes_;
    bool ok_ = true;
};

struct Header {
    char version = 0;
    std::size_t utc_flags = 0;
    std::size_t standard_flags = 0;
    std::size_t leap_seconds = 0;
    std::size_t transitions = 0;
    std::size_t types = 0;
    std::size_t characters = 0;

    [[nodiscard]] std::size_t body_size(std::size_t time_size) const {
        return transitions * (time_size + 1) + types * 6 + characters + leap_seconds * (time_size + 4) +
               standard_flags + utc_flags;
    }
};

std::optional<Header> read_header(ByteReader& read) {
    if (read.take(4) != "TZif") return std::nullopt;
    const std::string_view version = read.take(1);
    read.take(15);
    Header header;
    const auto count = [&] { return static_cast<std::size_t>(read.number(4)); };
    header.utc_flags = count();
    header.standard_flags = count();
    header.leap_seconds = count();
    header.transitions = count();
    header.types = count();
    header.characters = count();
    constexpr std::size_t kTooMany = 1U << 20U;
    for (const std::size_t value : {header.utc_flags, header.standard_flags, header.leap_seconds,
                                    header.transitions, header.types, header.characters}) {
        if (value > kTooMany) return std::nullopt;
    }
    if (!read.ok() || version.empty() || header.types == 0) return std::nullopt;
    header.version = version.front();
    return header;
}

// Of a rule: an hour, a week, a day of the year.
constexpr unsigned kMaxPart = 999;

/// Takes `[+-]h[:mm[:ss]]` off the front.
std::optional<seconds> take_time(std::string_view& text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::optional<unsigned> part = take_number(text, kMaxPart);
    if (!part) return std::nullopt;
    seconds total = hours(*part);
    for (const seconds unit : {seconds(60), seconds(1)}) {
        if (!text.starts_with(':')) break;
        text.remove_prefix(1);
        part = take_number(text, kMaxPart);
        if (!part || *part > 59) return std::nullopt;
        total += unit * *part;
    }
    return negative ? -total : total;
}

/// Takes a name off the front: letters, or anything in angle brackets.
std::optional<std::string> take_name(std::string_view& text) {
    const bool quoted = text.starts_with('<');
    if (quoted) text.remove_prefix(1);
    const std::size_t end =
        quoted ? text.find('>') : std::min(text.find_first_of("+-0123456789,"), text.size());
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    std::string name(text.substr(0, end));
    text.remove_prefix(quoted ? end + 1 : end);
    return name;
}

}  // namespace

Result<PosixZone::Change> PosixZone::parse_change(std::string_view text) {
    const std::string_view whole = text;
    Change change;
    const bool julian = text.starts_with('J');
    const bool month_week = text.starts_with('M');
    if (julian || month_week) text.remove_prefix(1);
    std::optional<unsigned> number = take_number(text, kMaxPart);
    if (!number) return bad_rule(whole);
    change.number = static_cast<int>(*number);
    if (month_week) {
        change.month = static_cast<int>(*number);
        std::array<int, 2> parts{};
        for (int& part : parts) {
            if (!text.starts_with('.')) return bad_rule(whole);
            text.remove_prefix(1);
            number = take_number(text, kMaxPart);
            if (!number) return bad_rule(whole);
            part = static_cast<int>(*number);
        }
        change.week = parts[0];
        change.number = parts[1];
        if (change.month < 1 || change.month > 12 || change.week < 1 || change.week > 5 ||
            change.number > 6) {
            return bad_rule(whole);
        }
    } else {
        change.day = julian ? Change::Day::julian : Change::Day::zero_based;
    }
    if (text.starts_with('/')) {
        text.remove_prefix(1);
        const std::optional<seconds> time = take_time(text);
        if (!time) return bad_rule(whole);
        change.time = *time;
    }
    if (!text.empty()) return bad_rule(whole);
    return change;
}

Result<PosixZone> PosixZone::parse(std::string_view text) {
    const std::string_view whole = text;
    PosixZone zone;
    const auto take_type = [&](LocalTimeType& type, std::optional<seconds> default_offset) {
        std::optional<std::string> name = take_name(text);
        if (!name) return false;
        type.abbreviation = *std::move(name);
        type.offset = default_offset.value_or(seconds(0));
        if (default_offset && (text.empty() || text.front() == ',')) return true;
        // POSIX counts west of Greenwich as positive.
        const std::optional<seconds> west = take_time(text);
        if (west) type.offset = -*west;
        return west && is_offset(type.offset);
    };
    if (!take_type(zone.standard_, std::nullopt)) return bad_rule(whole);
    if (text.empty()) return zone;
    if (!take_type(zone.summer_, zone.standard_.offset + hours(1))) return bad_rule(whole);
    zone.has_summer_ = true;
    const std::vector<std::string_view> parts = split(text, ',');
    if (parts.size() != 3 || !parts[0].empty()) return bad_rule(whole);
    TRY_ASSIGN(Change start, parse_change(parts[1]));
    TRY_ASSIGN(Change end, parse_change(parts[2]));
    zone.start_ = start;
    zone.end_ = end;
    return zone;
}

/// Gives local seconds since the year began at which the clocks change, by the time before the change.
seconds PosixZone::moment(const Change& change, int year_number) {
    const year in(year_number);
    const sys_days new_year = in / 1 / 1;
    sys_days day_of_change = new_year;
    switch (change.day) {
        case Change::Day::julian:
            // Day 60 is always the first of March: the leap day is not counted.
            day_of_change += days(change.number - 1 + (in.is_leap() && change.number >= 60 ? 1 : 0));
            break;
        case Change::Day::zero_based:
            day_of_change += days(change.number);
            break;
        case Change::Day::month_week: {
            const auto in_month = in / change.month;
            const weekday wanted(static_cast<unsigned>(change.number));
            day_of_change = change.week == 5
                                ? sys_days(in_month / weekday_last(wanted))
                                : sys_days(in_month / wanted[static_cast<unsigned>(change.week)]);
            break;
        }
    }
    return day_of_change - new_year + change.time;
}

const LocalTimeType& PosixZone::at(sys_seconds time) const {
    if (!has_summer_) return standard_;
    const year_month_day date(floor<days>(time + standard_.offset));
    const sys_seconds new_year = sys_days(date.year() / 1 / 1);
    const int number = static_cast<int>(date.year());
    const sys_seconds start = new_year + moment(start_, number) - standard_.offset;
    const sys_seconds end = new_year + moment(end_, number) - summer_.offset;
    const bool summer = start < end ? time >= start && time < end : time >= start || time < end;
    return summer ? summer_ : standard_;
}

TimeZone TimeZone::utc() {
    TimeZone zone;
    zone.types_ = {{seconds(0), "UTC"}};
    return zone;
}

Result<TimeZone> TimeZone::parse(std::string_view tzif) {
    ByteReader read(tzif);
    std::optional<Header> header = read_header(read);
    if (!header) return bad_file("the header is wrong");
    std::size_t time_size = 4;
    if (header->version >= '2') {
        // The first block is for readers that know no 64-bit times.
        read.take(header->body_size(4));
        header = read_header(read);
        if (!header) return bad_file("the second header is wrong");
        time_size = 8;
    }
    if (header->body_size(time_size) > read.rest().size()) return bad_file("it ends too early");
    TimeZone zone;
    for (std::size_t i = 0; i < header->transitions; ++i)
        zone.transitions_.push_back(read.number(time_size));
    for (std::size_t i = 0; i < header->transitions; ++i)
        zone.type_after_.push_back(read.byte());
    std::vector<std::size_t> names;
    for (std::size_t i = 0; i < header->types; ++i) {
        zone.types_.push_back({seconds(read.number(4)), {}});
        read.byte();
        names.push_back(read.byte());
    }
    const std::string_view characters = read.take(header->characters);
    read.take(header->leap_seconds * (time_size + 4) + header->standard_flags + header->utc_flags);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!is_offset(zone.types_[i].offset)) return bad_file("a clock is days away from UTC");
        if (names[i] >= characters.size()) return bad_file("an abbreviation is missing");
        const std::string_view name = characters.substr(names[i]);
        zone.types_[i].abbreviation = name.substr(0, name.find('\0'));
    }
    const auto unknown_type = [&](std::uint8_t type) { return type >= zone.types_.size(); };
    if (std::ranges::any_of(zone.type_after_, unknown_type)) return bad_file("a time type is missing");
    if (!std::ranges::is_sorted(zone.transitions_)) return bad_file("its transitions are out of order");
    std::string_view footer = read.rest();
    if (footer.size() > 2 && footer.starts_with('\n')) {
        footer.remove_prefix(1);
        TRY_ASSIGN(PosixZone rest, PosixZone::parse(footer.substr(0, footer.find('\n'))));
        zone.rest_.push_back(std::move(rest));
    }
    return zone;
}

const LocalTimeType& TimeZone::at(Timestamp time) const {
    const sys_seconds whole = floor<seconds>(time);
    const std::int64_t wanted = whole.time_since_epoch().count();
    const auto after = std::ranges::upper_bound(transitions_, wanted);
    if (after == transitions_.end() && !rest_.empty()) return rest_.front().at(whole);
    if (after == transitions_.begin()) return types_.front();
    return types_[type_after_[static_cast<std::size_t>(after - transitions_.begin()) - 1]];
}

bool is_utc_name(std::string_view zone) {
    constexpr std::array<std::string_view, 8> kNames{"utc",  "etc/utc",  "uct",       "etc/uct",
                                                     "zulu", "etc/zulu", "universal", "etc/universal"};
    return std::ranges::find(kNames, to_lower(zone)) != kNames.end();
}

}  // namespace pr_image::text
