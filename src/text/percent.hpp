#pragma once

#include <string>
#include <string_view>

namespace pr_image::text {

/// Gives `value` with every byte but RFC 3986's unreserved ones (letters, digits, `-._~`) as `%XX`: safe as
/// one path segment or one query name or value, whatever it holds.
std::string percent_encode(std::string_view value);

}  // namespace pr_image::text
