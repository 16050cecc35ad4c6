#pragma once

#include "text/time_zone.hpp"
#include "text/timestamp.hpp"

#include <string>
#include <string_view>

namespace pr_image::text {

/// Takes a moment, the zone to show it in and a format of Moment.js ("YYYYMMDD-HHmmss", "dddd, MMMM Do YYYY",
/// "[week] W"); gives the English text that Moment.js gives. Text in brackets or behind a backslash, and
/// every letter that is no token, stays as it is. An empty format is ISO 8601 to the second. Rule:
/// Moment.js 2.30 documentation, "Display / Format".
std::string format_date(Timestamp time, const TimeZone& zone, std::string_view format);

}  // namespace pr_image::text
