#pragma once

#include "http/headers.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace pr_image::http {

/// Takes a date as servers have to send it, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7); gives
/// nothing for any other form, and for years before 1970 or after 2200.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view value);

/// Takes an answer's headers; gives what time it was for the server (`Date`), by which every other time in
/// the answer is meant. Where it does not say, this machine's clock has to do, which can be wrong.
std::chrono::system_clock::time_point server_time(const Headers& headers);

}  // namespace pr_image::http
