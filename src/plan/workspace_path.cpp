#include "plan/workspace_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace pr_image::plan {

Result<std::string> workspace_path(std::string_view path, const std::string& workspace) {
    const auto outside = [&](std::string_view why) {
        return text::fail(
            "Path outside the workspace", fmt::format("'{}' {}", text::printable(path), why),
            "Use a path relative to the repository's root. (github.workspace names a folder of the "
            "runner, which has another path inside the action's container.)");
    };
    if (path.contains('\0')) return outside("contains a NUL character");
    const std::filesystem::path root = std::filesystem::path(workspace).lexically_normal();
    std::filesystem::path whole = (root / std::filesystem::path(path)).lexically_normal();
    if (!whole.has_filename()) whole = whole.parent_path();
    const std::filesystem::path base = root.has_filename() ? root : root.parent_path();
    const auto [at, end] = std::ranges::mismatch(base, whole);
    if (at != base.end()) return outside("leads out of the workspace");
    return whole.string();
}

bool is_remote_context(std::string_view context) {
    return context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/");
}

}  // namespace pr_image::plan
