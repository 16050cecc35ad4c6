#include "text/commit_sha.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::text {

Result<CommitSha> CommitSha::parse(std::string_view text) {
    if (text.size() < 7 || text.size() > 64 || !std::ranges::all_of(text, is_hex_digit)) {
        return fail("Invalid commit SHA", fmt::format("'{}' is not 7 to 64 hex digits", printable(text)));
    }
    return CommitSha(to_lower(text));
}

}  // namespace pr_image::text
