#pragma once

#include "text/error.hpp"
#include "text/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::text {

/// One way in which a zone's clocks were, are or will be set.
struct LocalTimeType {
    std::chrono::seconds offset{0};  ///< local time minus UTC
    std::string abbreviation;        ///< "CEST", "+03"
};

/// What the last line of a TZif file says about all times after its table: a standard time and, where clocks
/// still change, a summer time with the two rules for when it starts and ends. Rule: POSIX.1-2017 section
/// 8.3 "TZ" with RFC 8536 section 3.3.1's wider hours.
class PosixZone {
  public:
    /// Takes "CET-1CEST,M3.5.0,M10.5.0/3" and the like; an Error quotes a text that is none.
    static Result<PosixZone> parse(std::string_view text);

    [[nodiscard]] const LocalTimeType& at(std::chrono::sys_seconds time) const;

  private:
    struct Change {
        enum class Day { julian, zero_based, month_week } day = Day::month_week;
        int month = 1;
        int week = 1;
        int number = 0;  ///< day of the week, or of the year
        std::chrono::seconds time{7200};
    };
    static Result<Change> parse_change(std::string_view text);
    static std::chrono::seconds moment(const Change& change, int year);

    LocalTimeType standard_;
    LocalTimeType summer_;
    bool has_summer_ = false;
    Change start_;
    Change end_;
};

/// A time zone of the IANA database.
class TimeZone {
  public:
    static TimeZone utc();
    /// Takes the bytes of a compiled zone ("TZif", RFC 8536); an Error says that they are none.
    static Result<TimeZone> parse(std::string_view tzif);

    /// Gives the local time type that is in force at `time`.
    [[nodiscard]] const LocalTimeType& at(Timestamp time) const;

  private:
    std::vector<std::int64_t> transitions_;  ///< seconds since 1970, ascending
    std::vector<std::uint8_t> type_after_;   ///< index into types_ for each transition
    std::vector<LocalTimeType> types_;       ///< never empty; the first is in force before all transitions
    std::vector<PosixZone> rest_;            ///< at most one: what holds after the last transition
};

/// True for `UTC` and its other names, whose clock needs no look-up.
bool is_utc_name(std::string_view zone);

}  // namespace pr_image::text
