#pragma once

#include <functional>
#include <string>

namespace pr_image::actions {

/// Gives a fresh token of 32 hex digits that nobody outside the process can guess. Passed in, so that a test
/// can choose what comes.
using TokenSource = std::function<std::string()>;

/// A TokenSource that takes 128 bits from the kernel (getrandom(2)). Ends the process when the kernel has
/// none to give: without them nothing that is printed can be made safe.
std::string system_token();

}  // namespace pr_image::actions
