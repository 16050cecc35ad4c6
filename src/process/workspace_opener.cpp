#include "process/workspace_opener.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <dirent.h>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace pr_image::process {

using text::printable;

namespace {

/// As many as the kernel follows.
constexpr int kMaxLinks = 40;
constexpr std::size_t kMaxTarget = 4096;
constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NONBLOCK;

std::unexpected<Error> refuse(const std::string& path, std::string_view why, std::string fix) {
    return text::fail("Path refused", fmt::format("'{}' {}", printable(path), why), std::move(fix));
}

std::unexpected<Error> unreadable(const std::string& path, int reason) {
    return refuse(path, fmt::format("cannot be looked at: {}", std::strerror(reason)),
                  "Check the permissions of the workspace.");
}

std::unexpected<Error> into_git(const std::string& path) {
    return refuse(path, "leads into a .git folder", "Name a path outside of it.");
}

std::string joined(const std::string& folder, std::string_view name) {
    return folder == "." ? std::string(name) : fmt::format("{}/{}", folder, name);
}

/// The folder of a path, and what is behind the last slash.
std::pair<std::string, std::string> split_last(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {".", path};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

/// Where a path leads.
struct Followed {
    std::string path;            ///< relative to the root, without links
    std::optional<mode_t> mode;  ///< absent: nothing is there
};

enum class Allowed { links_inside, no_links };

/// The workspace or runner.temp, open.
class Root {
  public:
    static Result<Root> open(const std::string& path, OpenMethod method) {
        Descriptor folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (folder.get() < 0) return unreadable(path, errno);
        return Root(std::move(folder), method);
    }

    /// Resolves the links of a path one by one, each looked at in a folder that was reached without any.
    [[nodiscard]] Result<Followed> follow(const std::string& path, Allowed allowed) const;

    /// Calls `visit` with each entry's path and mode in the tree below a folder, the folder itself first.
    [[nodiscard]] Result<void> walk(
        const std::string& folder,
        const std::function<Result<void>(const std::string& path, mode_t mode)>& visit) const;

    /// Whether git would take the folder for a repository whose name is not `.git`: a bare one, or what a
    /// `.git` file points to.
    [[nodiscard]] bool is_repository(const std::string& folder) const;

  private:
    Root(Descriptor folder, OpenMethod method) : folder_(std::move(folder)), method_(method) {}

    [[nodiscard]] std::expected<Descriptor, int> open_at(const std::string& path, int flags) const {
        return open_beneath(folder_.get(), path, flags, method_);
    }
    /// The mode of what is there, links not followed; 0 when nothing is.
    [[nodiscard]] std::expected<mode_t, int> mode_of(const std::string& path) const;
    [[nodiscard]] Result<std::string> target_of(const std::string& path) const;

    Descriptor folder_;
    OpenMethod method_;
};

std::expected<mode_t, int> Root::mode_of(const std::string& path) const {
    const auto [parent, name] = split_last(path);
    TRY_ASSIGN(const Descriptor folder, open_at(parent, O_PATH | O_DIRECTORY));
    struct stat status = {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status.st_mode;
    if (errno == ENOENT) return mode_t{0};
    return std::unexpected(errno);
}

Result<std::string> Root::target_of(const std::string& path) const {
    const auto [parent, name] = split_last(path);
    const std::expected<Descriptor, int> folder = open_at(parent, O_PATH | O_DIRECTORY);
    if (!folder) return unreadable(path, folder.error());
    std::string target(kMaxTarget, '\0');
    const ssize_t size = ::readlinkat(folder->get(), name.c_str(), target.data(), target.size());
    if (size < 0) return unreadable(path, errno);
    target.resize(static_cast<std::size_t>(size));
    return target;
}

Result<Followed> Root::follow(const std::string& path, Allowed allowed) const {
    std::deque<std::string> pending;
    const auto add = [&pending](const std::string& more) {
        const std::vector<std::string_view> parts = text::split(more, '/');
        pending.insert(pending.begin(), parts.begin(), parts.end());
    };
    add(path);
    Followed followed{.path = ".", .mode = mode_t{S_IFDIR}};
    int followed_links = 0;
    while (!pending.empty()) {
        const std::string name = std::move(pending.front());
        pending.pop_front();
        if (name.empty() || name == ".") continue;
        if (followed.mode && !S_ISDIR(*followed.mode))
            return refuse(followed.path, "is not a folder", "Correct the path.");
        if (name == "..") {
            // Only a link's target has one.
            if (!followed.mode) return refuse(path, "leads through a link to nothing", "Remove the link.");
            if (followed.path == ".")
                return refuse(path, "leads out through a link", "Use a path whose links stay inside.");
            followed.path = split_last(followed.path).first;
            continue;
        }
        if (text::is_git_name(name)) return into_git(joined(followed.path, name));
        const std::string next = joined(followed.path, name);
        if (!followed.mode) {
            followed.path = next;
            continue;
        }
        const std::expected<mode_t, int> mode = mode_of(next);
        if (!mode) return unreadable(next, mode.error());
        if (!S_ISLNK(*mode)) {
            followed.path = next;
            followed.mode = *mode == 0 ? std::nullopt : std::optional(*mode);
            continue;
        }
        if (allowed == Allowed::no_links) {
            return refuse(next, "is a link, and nothing is written through one",
                          "Remove it, or name another path.");
        }
        if (++followed_links > kMaxLinks)
            return refuse(path, "has links that lead in a circle", "Correct the links.");
        TRY_ASSIGN(const std::string target, target_of(next));
        if (target.starts_with('/')) {
            return refuse(next, "is a link with an absolute target, which leads out",
                          "Use links that are relative and stay inside.");
        }
        add(target);
    }
    return followed;
}

Result<void> Root::walk(const std::string& folder,
                        const std::function<Result<void>(const std::string&, mode_t)>& visit) const {
    std::vector<std::string> pending{folder};
    while (!pending.empty()) {
        const std::string at = std::move(pending.back());
        pending.pop_back();
        TRY(visit(at, S_IFDIR));
        std::expected<Descriptor, int> opened = open_at(at, kFolder);
        if (!opened) return unreadable(at, opened.error());
        const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(opened->get()), ::closedir);
        if (!entries) return unreadable(at, errno);
        opened->release();
        for (errno = 0; const dirent* const entry = ::readdir(entries.get()); errno = 0) {
            const std::string_view name = entry->d_name;
            if (name == "." || name == "..") continue;
            struct stat status = {};
            if (::fstatat(::dirfd(entries.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
                return unreadable(joined(at, name), errno);
            if (S_ISDIR(status.st_mode)) {
                pending.push_back(joined(at, name));
            } else {
                TRY(visit(joined(at, name), status.st_mode));
            }
        }
        if (errno != 0) return unreadable(at, errno);
    }
    return {};
}

bool Root::is_repository(const std::string& folder) const {
    const auto has = [&](std::string_view name) { return mode_of(joined(folder, name)).value_or(0) != 0; };
    return has("HEAD") && (has("commondir") || (has("objects") && has("refs")));
}

/// No folder on the way to what is written is a repository.
Result<void> check_way(const Root& root, const std::string& path) {
    for (std::string folder = path; folder != ".";) {
        folder = split_last(folder).first;
        if (root.is_repository(folder)) {
            return refuse(path, fmt::format("leads into a git repository, '{}'", printable(folder)),
                          "Name a path outside of it.");
        }
    }
    return {};
}

Result<void> check_output_tree(const Root& root, const Followed& output, PathUse use) {
    return root.walk(output.path, [&](const std::string& path, mode_t mode) -> Result<void> {
        if (text::is_git_name(split_last(path).second) || (S_ISDIR(mode) && root.is_repository(path))) {
            return refuse(output.path, fmt::format("holds a git repository, '{}'", printable(path)),
                          "Give the result a folder of its own.");
        }
        if (use == PathUse::output_layout && S_ISLNK(mode)) {
            return refuse(path, "is a link, and nothing is written through one",
                          "Remove it, or name another folder.");
        }
        return {};
    });
}

/// Each file of a layout is opened by its name, and what is no JSON is quoted.
Result<void> check_layout_tree(const Root& root, const Followed& layout) {
    return root.walk(layout.path, [&](const std::string& path, mode_t mode) -> Result<void> {
        if (!S_ISLNK(mode)) return {};
        TRY(root.follow(path, Allowed::links_inside));
        return {};
    });
}

bool fits(PathUse use, mode_t mode) {
    switch (use) {
        case PathUse::folder:
        case PathUse::layout:
        case PathUse::cache:
        case PathUse::output_folder:
        case PathUse::output_layout:
            return S_ISDIR(mode);
        case PathUse::ssh:
            return S_ISREG(mode) || S_ISSOCK(mode);
        case PathUse::file:
        case PathUse::dockerfile:
        case PathUse::output_file:
            return S_ISREG(mode);
    }
    std::unreachable();
}

std::string_view kind_of(PathUse use) {
    if (use == PathUse::ssh) return "neither a file nor a socket";
    return fits(use, S_IFDIR) ? "not a folder" : "not a regular file";
}

/// What is read beside a file or folder under a name of its own.
std::vector<std::string> companions(const std::string& path, PathUse use) {
    if (use == PathUse::folder) return {joined(path, ".dockerignore")};
    if (use == PathUse::dockerfile) return {path + ".dockerignore", path + ".rego"};
    return {};
}

}  // namespace

Result<std::string> WorkspaceOpener::follow(const text::Place& place, PathUse use, Presence presence) const {
    TRY_ASSIGN(const Root root, Root::open(place.root, method_));
    TRY_ASSIGN(Followed followed,
               root.follow(place.relative, text::is_output(use) ? Allowed::no_links : Allowed::links_inside));
    if (followed.mode && !fits(use, *followed.mode)) {
        return refuse(place.relative, fmt::format("is {}", kind_of(use)), "Correct the path.");
    }
    if (use == PathUse::dockerfile) {
        const auto [parent, name] = split_last(place.relative);
        TRY_ASSIGN(const Followed folder, root.follow(parent, Allowed::links_inside));
        followed.path = joined(folder.path, name);
    }
    if (text::is_output(use)) {
        TRY(check_way(root, followed.path));
    }
    if (!followed.mode) {
        const bool optional = presence == Presence::optional || text::is_output(use) || use == PathUse::cache;
        if (optional) return followed.path;
        return refuse(
            place.relative, "is not there",
            "Give a path relative to the repository's root, and check the repository out before this "
            "step.");
    }
    for (const std::string& companion : companions(followed.path, use)) {
        TRY_ASSIGN(const Followed beside, root.follow(companion, Allowed::links_inside));
        if (beside.mode && !S_ISREG(*beside.mode))
            return refuse(companion, "is not a regular file", "Correct or remove it.");
    }
    if (use == PathUse::output_folder || use == PathUse::output_layout) {
        TRY(check_output_tree(root, followed, use));
    }
    if (use == PathUse::layout || use == PathUse::cache) {
        TRY(check_layout_tree(root, followed));
    }
    return followed.path;
}

}  // namespace pr_image::process
