#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pr_image::support {

/// Gives a file's bytes, or as many as can be read: a file of /proc stops at once when its process ends.
std::string read_file(const std::filesystem::path& path);

/// Replaces a file's bytes, making the folders that lead to it; throws std::runtime_error when that fails.
void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace pr_image::support
