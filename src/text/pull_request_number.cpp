#include "text/pull_request_number.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::text {

Result<PullRequestNumber> PullRequestNumber::parse(std::string_view text) {
    const bool shaped =
        !text.empty() && text.size() <= 9 && text.front() != '0' && std::ranges::all_of(text, is_digit);
    if (!shaped) {
        return fail("Invalid pull request number",
                    fmt::format("'{}' is not a positive number without leading zeros, of at most 9 digits",
                                printable(text)));
    }
    std::uint32_t value = 0;
    for (const char c : text)
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
    return PullRequestNumber(value);
}

}  // namespace pr_image::text
