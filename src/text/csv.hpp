#pragma once

#include "text/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::text {

/// Takes CSV text; gives its records (lines) as lists of fields. A quote counts only as the first character
/// of a field; inside quotes commas and line breaks are data and `""` is one quote. Blank lines are no
/// records. A quote that never closes is an Error that shows none of the text, because the text may be a
/// secret. Rule: docker/build-push-action's list inputs (RFC 4180 with relaxed quotes, no comments).
Result<std::vector<std::vector<std::string>>> csv_records(std::string_view text);

/// What a comma does in a list input.
enum class Commas { keep, split };

/// Takes a list input; gives its entries, trimmed, without empty ones. With Commas::keep a line is one entry
/// whose unquoted commas are data ("type=gha,scope=x").
Result<std::vector<std::string>> csv_list(std::string_view text, Commas commas);

}  // namespace pr_image::text
