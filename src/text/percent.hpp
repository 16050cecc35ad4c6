#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::text {

/// Gives `value` with every byte but RFC 3986's unreserved ones (letters, digits, `-._~`) as `%XX`: safe as
/// one path segment or one query name or value, whatever it holds.
std::string percent_encode(std::string_view value);

/// Gives `text` with every `%XX` as the byte it stands for; nothing when a `%` has no two hex digits after
/// it.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace pr_image::text
