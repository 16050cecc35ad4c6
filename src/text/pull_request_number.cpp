#include "text/pull_request_number.hpp"

#include "text/number.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

namespace pr_image::text {

Result<PullRequestNumber> PullRequestNumber::parse(std::string_view text) {
    const auto number = parse_number<std::uint32_t>(text, 1, 999'999'999);
    if (!number || text.front() == '0') {
        return fail("Invalid pull request number",
                    fmt::format("'{}' is not a positive number without leading zeros, of at most 9 digits",
                                printable(text)));
    }
    return PullRequestNumber(*number);
}

}  // namespace pr_image::text
