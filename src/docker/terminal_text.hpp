#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pr_image::docker {

/// Takes one line that was meant for a terminal, of any bytes; gives what a reader of a log needs of it as
/// valid UTF-8: escape sequences (ECMA-48) and control characters other than the tab are gone, hidden
/// characters such as bidirectional controls are shown as `\u{202e}`, bytes that are not UTF-8 are U+FFFD,
/// and of a line that rewrites itself with carriage returns the last state is left. At most `limit` bytes are
/// kept, followed by `…`.
std::string plain_line(std::string_view line, std::size_t limit = 16384);

}  // namespace pr_image::docker
