#pragma once

#include "text/error.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::text {

/// Takes JSON text from anybody and what it is, for the Error ("event.json"); nesting deeper than 64 levels
/// is an error, and so is a number that no double holds.
Result<boost::json::value> parse_json(std::string_view text, std::string_view what);

/// Follows `path` ("pull_request.head.sha") through objects; gives nullptr where a step is missing, null or
/// no object. A found null is nullptr too: GitHub writes null for "gone".
const boost::json::value* find_json(const boost::json::value& root, std::string_view path);

/// Gives the string at `path`, or "" when there is none.
std::string json_string(const boost::json::value& root, std::string_view path);

/// Gives the whole, not negative number at `path`, or nothing.
std::optional<std::uint64_t> json_number(const boost::json::value& root, std::string_view path);

}  // namespace pr_image::text
