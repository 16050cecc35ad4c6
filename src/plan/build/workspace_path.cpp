#include "plan/build/workspace_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
    if (!workspace.starts_with('/')) return outside("cannot be placed: the workspace is not known");
    const std::filesystem::path root = std::filesystem::path(workspace).lexically_normal();
    std::filesystem::path whole = (root / std::filesystem::path(path)).lexically_normal();
    if (!whole.has_filename()) whole = whole.parent_path();
    const std::filesystem::path base = root.has_filename() ? root : root.parent_path();
    const auto [at, end] = std::ranges::mismatch(base, whole);
    if (at != base.end()) return outside("leads out of the workspace");
    return whole.string();
}

bool is_remote_context(std::string_view context) {
    constexpr std::array<std::string_view, 5> prefixes{"https://", "http://", "git://", "ssh://",
                                                       "github.com/"};
    const auto starts = [&](std::string_view prefix) { return context.starts_with(prefix); };
    // git's short form of an SSH address has a colon behind the host; without one it is a path.
    const std::string_view host = context.substr(0, context.find('/'));
    return std::ranges::any_of(prefixes, starts) || (host.starts_with("git@") && host.contains(':'));
}

}  // namespace pr_image::plan
