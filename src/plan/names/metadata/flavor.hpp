#pragma once

#include "text/error.hpp"
#include "text/template.hpp"

#include <string_view>

namespace pr_image::plan::metadata {

/// Whether a build also gets the tag `latest`.
enum class Latest { automatic, yes, no };

/// What input `flavor` says of all tags.
struct Flavor {
    text::Template latest;  ///< yields auto, true or false
    text::Template prefix;
    text::Template suffix;
    bool prefix_on_latest = false;
    bool suffix_on_latest = false;
};

/// Takes "auto", "true" or "false"; an Error lists them.
Result<Latest> parse_latest(std::string_view text);

/// Takes input `flavor`: latest=, prefix=, suffix=, and onlatest= behind one of the latter two. Templates may
/// stand in the first three. Errors show the line and what is allowed.
Result<Flavor> parse_flavor(std::string_view input);

}  // namespace pr_image::plan::metadata
