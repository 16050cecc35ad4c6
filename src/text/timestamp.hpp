#pragma once

#include "text/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::text {

/// A moment in UTC, to the millisecond, between the years 0 and 9999.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// Takes a date and time as RFC 3339 writes it ("2020-01-10T09:30:00.5+09:00", "2020-01-10T00:30:00Z"); a
/// fraction is cut to milliseconds. An Error quotes a text that is none.
Result<Timestamp> parse_timestamp(std::string_view text);

/// The same for a time that nobody here wrote: nothing when the text is none.
std::optional<Timestamp> read_timestamp(std::string_view text);

/// Takes decimal seconds since 1970 (SOURCE_DATE_EPOCH's form); an Error quotes a text that is none.
Result<Timestamp> parse_epoch_seconds(std::string_view text);

/// Gives `2020-01-10T00:30:00.000Z`.
std::string to_string(Timestamp time);

}  // namespace pr_image::text
