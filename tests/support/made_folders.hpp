#pragma once

#include <filesystem>
#include <vector>

namespace pr_image::support {

/// Gives every folder that this program has made by mkdtemp() and that is still there. A program that asks
/// has a mkdtemp() that keeps count: nobody else's folders, however like these they are named, are among
/// them.
std::vector<std::filesystem::path> made_folders();

}  // namespace pr_image::support
