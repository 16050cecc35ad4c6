#pragma once

#include "text/error.hpp"
#include "text/time_zone.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::process {

/// Takes a zone's name in any case ("Europe/Berlin") and the folder of the compiled IANA database; gives the
/// zone, or nothing when there is none of that name. A name that is no name (`..`, an absolute path) names
/// none. An Error says that the file is there and cannot be used.
Result<std::optional<text::TimeZone>> read_time_zone(std::string_view name,
                                                     const std::string& folder = "/usr/share/zoneinfo");

}  // namespace pr_image::process
