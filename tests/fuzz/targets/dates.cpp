#include "fuzz/target.hpp"
#include "text/date_format.hpp"
#include "text/time_zone.hpp"
#include "text/timestamp.hpp"

#include <chrono>
#include <string>

namespace pr_image::fuzz {
namespace {

// A format, a zone's file (or a POSIX rule in the place of one) and a moment: every clock is within a week of
// UTC's.
void try_dates(std::string_view input) {
    const unsigned moment = take_byte(input) << 8U | take_byte(input);
    const std::string_view format = take_field(input);
    const text::Timestamp time{std::chrono::hours(24 * 11 * (static_cast<int>(moment) - 0x4000))};
    any_result(text::format_date(time, text::TimeZone::utc(), format));
    if (const auto zone = text::TimeZone::parse(input)) {
        const auto offset = zone->at(time).offset;
        require(offset > -std::chrono::hours(24 * 8) && offset < std::chrono::hours(24 * 8));
        any_result(text::format_date(time, *zone, format));
    }
    if (const auto zone = text::PosixZone::parse(input))
        any_result(zone->at(std::chrono::time_point_cast<std::chrono::seconds>(time)));
    any_result(text::parse_epoch_seconds(format));
}

const Registered dates("dates", try_dates);

}  // namespace
}  // namespace pr_image::fuzz
