#pragma once

#include <string_view>

namespace pr_image::text {

/// Says whether all of `text` matches `pattern`: `*` stands for any run of characters, `?` for one, the rest
/// for itself. Runs in time proportional to the product of both lengths, whatever the pattern.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace pr_image::text
