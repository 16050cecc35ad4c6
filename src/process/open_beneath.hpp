#pragma once

#include "process/descriptor.hpp"

#include <expected>
#include <string>

namespace pr_image::process {

/// How a path is opened: by one openat2(2), or component by component where the kernel lacks it or a sandbox
/// refuses it. `automatic` finds out.
enum class OpenMethod { automatic, walk };

/// Takes an open folder, a path relative to it without `..`, and flags of open(2); opens the path through no
/// link at all, not even at its end. Gives the errno when it cannot: ELOOP for a link, EXDEV for a path that
/// leads out of the folder.
std::expected<Descriptor, int> open_beneath(int folder, const std::string& relative, int flags,
                                            OpenMethod method = OpenMethod::automatic);

}  // namespace pr_image::process
