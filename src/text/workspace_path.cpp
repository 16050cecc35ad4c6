#include "text/workspace_path.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace pr_image::text {

namespace {

using Parts = std::vector<std::string_view>;

constexpr std::string_view kRelative = "Write a path relative to the workspace.";

/// The runner's file commands, its event, action archives; and what checkout and this action keep beside
/// them.
constexpr std::array<std::string_view, 3> kRunnersOwn{"_", "git-credentials-", "pr-image-"};

std::unexpected<Error> refuse(std::string_view written, std::string_view why, std::string fix) {
    return fail("Path refused", fmt::format("'{}' {}", printable(written), why), std::move(fix));
}

/// The components of a path, without `.` and `..`.
Parts normalised(std::string_view path) {
    Parts parts;
    for (const std::string_view part : split(path, '/')) {
        if (part == ".." && !parts.empty()) parts.pop_back();
        if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    }
    return parts;
}

/// The place of `path` below the folder `base`; nothing when it is not below.
std::optional<std::string> below(const Parts& path, const Parts& base) {
    const auto [rest, end] = std::ranges::mismatch(path, base);
    if (end != base.end()) return std::nullopt;
    std::string relative = join(std::vector<std::string>(rest, path.end()), "/");
    return relative.empty() ? "." : std::move(relative);
}

/// The place of `path` below `root` or a folder that is the same one.
std::optional<Place> place_below(const Parts& path, const std::string& root,
                                 const std::vector<std::string>& aliases) {
    if (!root.starts_with('/')) return std::nullopt;
    const Parts base = normalised(root);
    std::optional<std::string> relative = below(path, base);
    for (const std::string& alias : aliases) {
        if (!relative && alias.starts_with('/')) relative = below(path, normalised(alias));
    }
    if (!relative) return std::nullopt;
    return Place{"/" + join(std::vector<std::string>(base.begin(), base.end()), "/"), *std::move(relative)};
}

bool leaves(std::string_view relative) {
    std::ptrdiff_t depth = 0;
    return std::ranges::any_of(split(relative, '/'), [&](std::string_view part) {
        if (part == "..") return --depth < 0;
        if (!part.empty() && part != ".") ++depth;
        return false;
    });
}

/// What to write in place of a path of the runner's machine.
std::string instead_of(const Parts& path) {
    if (path.size() < 2) return std::string(kRelative);
    return fmt::format("Write a path relative to the workspace, or ${{{{ runner.temp }}}}/{}.",
                       printable(path.back()));
}

bool is_runners_own(std::string_view relative) {
    return relative == "." || std::ranges::any_of(kRunnersOwn, [&](std::string_view prefix) {
               return relative.starts_with(prefix);
           });
}

Result<Place> locate_absolute(std::string_view written, const Parts& path, const PathRoots& roots) {
    if (auto place = place_below(path, roots.workspace, roots.workspace_aliases)) return *std::move(place);
    if (auto place = place_below(path, roots.temporary, roots.temporary_aliases)) {
        if (!is_runners_own(place->relative)) return *std::move(place);
        return refuse(written, "belongs to the runner, which keeps its own files in runner.temp",
                      "Use a folder of your own in it: ${{ runner.temp }}/NAME.");
    }
    return refuse(written,
                  "is a path of the runner's machine: this step sees the workspace and runner.temp only",
                  instead_of(path));
}

/// The characters that HFS+ leaves out of names.
bool is_ignored(char32_t c) {
    return (c >= 0x200C && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x206A && c <= 0x206F) ||
           c == 0xFEFF;
}

}  // namespace

bool is_output(PathUse use) {
    return use == PathUse::output_file || use == PathUse::output_folder || use == PathUse::output_layout;
}

bool is_git_name(std::string_view name) {
    std::string plain;
    for (std::size_t at = 0; at < name.size();) {
        const CodePoint next = decode_utf8(name.substr(at));
        if (!next.valid || !is_ignored(next.value)) plain += name.substr(at, next.length);
        at += next.length;
    }
    plain = to_lower(plain);
    // For NTFS a backslash separates, a colon begins a stream, and blanks and dots at the end are not there.
    return std::ranges::any_of(split(plain, '\\'), [](std::string_view part) {
        part = part.substr(0, part.find(':'));
        part = part.substr(0, part.find_last_not_of(" .") + 1);
        return part == ".git" || part == "git~1";
    });
}

Result<Place> locate(std::string_view written, const PathRoots& roots, PathUse use) {
    if (written.empty()) return refuse(written, "is no path", std::string(kRelative));
    if (written.contains('\0')) return refuse(written, "contains a NUL character", std::string(kRelative));
    if (!roots.workspace.starts_with('/')) {
        return refuse(written, "cannot be placed: the workspace is not known", "Set GITHUB_WORKSPACE.");
    }
    if (written.starts_with('~') || written.starts_with('$')) {
        return refuse(written, "is a shell's shorthand, and no shell reads it",
                      instead_of(normalised(written)));
    }
    if (std::ranges::any_of(split(written, '/'), is_git_name)) {
        return refuse(written, "leads into a .git folder", "Name a path outside of it.");
    }
    if (!written.starts_with('/') && leaves(written))
        return refuse(written, "leads out of the workspace", std::string(kRelative));
    const std::string absolute =
        written.starts_with('/') ? std::string(written) : fmt::format("{}/{}", roots.workspace, written);
    TRY_ASSIGN(Place place, locate_absolute(written, normalised(absolute), roots));
    if ((use == PathUse::output_folder || use == PathUse::output_layout) && place.relative == ".") {
        return refuse(written, "is the workspace itself, whose .git a result could replace",
                      "Give the result a folder of its own: dest=out.");
    }
    return place;
}

Result<WorkspacePath> PathOpener::open(std::string_view written, PathUse use, Presence presence) const {
    TRY_ASSIGN(const Place place, locate(written, roots_, use));
    TRY_ASSIGN(const std::string relative, follow(place, use, presence));
    const std::string root = place.root == "/" ? std::string() : place.root;
    return WorkspacePath(relative == "." ? place.root : fmt::format("{}/{}", root, relative), use);
}

Result<WorkspacePath> PathOpener::open(std::string_view written, PathUse use) const {
    return open(written, use, Presence::optional);
}

Result<void> PathOpener::check(const WorkspacePath& path) const {
    TRY_ASSIGN(const WorkspacePath now, open(path.string(), path.use(), Presence::required));
    if (now == path) return {};
    return refuse(path.string(), "leads elsewhere than when this step began",
                  "Let no other step change the workspace while this one runs.");
}

}  // namespace pr_image::text
