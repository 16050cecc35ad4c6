#pragma once

#include "text/error.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace pr_image::process {

enum class Links { follow, refuse };

/// Takes a path and the most bytes that the file may have; gives its content, or nothing when no such file
/// is there. `Links::refuse` refuses a last component that is a symbolic link. An Error says that it is not
/// a regular file (a FIFO would wait for ever), is too large, or cannot be read.
Result<std::optional<std::string>> read_file(const std::string& path, std::size_t limit,
                                             Links links = Links::follow);

/// The same for a path below a folder, through no link at all: an Error says that one is on the way.
Result<std::optional<std::string>> read_file_beneath(const std::string& folder, const std::string& relative,
                                                     std::size_t limit);

}  // namespace pr_image::process
