#pragma once

#include "text/error.hpp"

#include <string>
#include <string_view>

namespace pr_image::plan {

/// Takes a path that a user wrote and the workspace's absolute path; gives the absolute, normalised path, or
/// an Error when it leads outside the workspace or the
/// workspace is not known. Looks at the text only: links are checked where the file is
/// opened.
Result<std::string> workspace_path(std::string_view path, const std::string& workspace);

/// True for a build context that BuildKit fetches itself: a URL or a git address (docker build's own rule).
bool is_remote_context(std::string_view context);

}  // namespace pr_image::plan
