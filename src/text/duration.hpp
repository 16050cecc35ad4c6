#pragma once

#include "text/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace pr_image::text {

/// Takes a duration such as `240s`, `10m`, `1h30m`, `7d` or `0`: whole numbers with a unit of d, h, m or s,
/// largest unit first, each at most once, at most ten years in all. A bare number other than 0 is an Error:
/// nobody can tell its unit.
Result<std::chrono::seconds> parse_duration(std::string_view text);

/// Gives a duration as people write it: `1d 2h`, `4m 5s`, `0s`.
std::string to_string(std::chrono::seconds duration);

}  // namespace pr_image::text
