#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::text {

/// Gives `bytes` in base64 with padding (RFC 4648 section 4).
std::string base64_encode(std::string_view bytes);

/// Takes base64 with padding; nothing when it is not strictly that (RFC 4648 section 3: no other
/// characters, no missing padding, no stray bits).
std::optional<std::string> base64_decode(std::string_view text);

/// Gives `bytes` in the URL-safe alphabet with padding (RFC 4648 section 5), as the engine's
/// `X-Registry-Auth` has it.
std::string base64url_encode(std::string_view bytes);

/// Takes the URL-safe alphabet, with padding or without as a JWT has it (RFC 7515 section 2); nothing when
/// it is not that.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace pr_image::text
