#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::text {

/// Takes a secret; gives the forms in which it may turn up in text, each once:
/// the whole, every line of it that is long enough to mean something, and for
/// both of them the base64 and base64url (wherever the secret starts within the
/// encoded bytes, as in `user:secret`, and in lines of 64 or 76 characters),
/// the percent and form encodings, and what stands in a JSON string. White
/// space alone is no secret and gives nothing.
std::vector<std::string> secret_forms(std::string_view secret);

}  // namespace pr_image::text
