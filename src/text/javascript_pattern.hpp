#pragma once

#include "text/error.hpp"

#include <string>
#include <string_view>

namespace pr_image::text {

/// Takes a regular expression in JavaScript's syntax and whether its flag `s` is set (a dot matches line ends
/// too); gives one that means the same to PCRE2 in UTF mode. What PCRE2 would read in a way of its own
/// (verbs, possessive quantifiers, POSIX classes, letters that only it gives a meaning) is escaped or
/// refused; an Error says what is wrong and where.
Result<std::string> pcre_pattern(std::string_view pattern, bool dot_matches_all);

}  // namespace pr_image::text
