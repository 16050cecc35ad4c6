#pragma once

#include <cstddef>
#include <string_view>

namespace pr_image::text {

/// One step of reading UTF-8.
struct CodePoint {
    char32_t value = 0;
    std::size_t length = 1;  ///< bytes read; 1 when they are not valid UTF-8
    bool valid = false;
};

/// Takes text that is not empty; gives its first code point by RFC 3629 (no overlong forms, no surrogates).
CodePoint decode_utf8(std::string_view text);

/// Says whether all of `text` is valid UTF-8.
bool is_utf8(std::string_view text);

}  // namespace pr_image::text
