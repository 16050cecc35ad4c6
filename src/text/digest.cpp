#include "text/digest.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::text {

Result<Digest> Digest::parse(std::string_view text) {
    const bool sha256 = text.starts_with("sha256:") && text.size() == 7 + 64;
    const bool sha512 = text.starts_with("sha512:") && text.size() == 7 + 128;
    const bool hex = (sha256 || sha512) && std::ranges::all_of(text.substr(7), [](char c) {
                         return is_digit(c) || (c >= 'a' && c <= 'f');
                     });
    if (!hex) {
        return fail("Invalid digest",
                    fmt::format("'{}' is not sha256: and 64 lower-case hex digits", printable(text)));
    }
    return Digest(std::string(text));
}

}  // namespace pr_image::text
