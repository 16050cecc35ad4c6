#pragma once

#include "text/error.hpp"

#include <string>
#include <string_view>

namespace pr_image::actions {

/// Opens the file that the runner named in `variable` for appending; gives the descriptor, which the caller
/// closes. An Error names the variable and says why the file cannot be written.
Result<int> open_for_append(std::string_view variable, const std::string& path);

/// Writes all of `text`. An Error names the variable and says how far the disk or the file let it come.
Result<void> append(int descriptor, std::string_view variable, std::string_view text);

}  // namespace pr_image::actions
