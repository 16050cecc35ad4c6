#pragma once

#include "text/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::text {

/// What is done with the file or folder that an input names.
enum class PathUse {
    folder,         ///< read: a build context
    file,           ///< read: a secret, a certificate, a configuration
    dockerfile,     ///< read, with what is read beside it: `<file>.dockerignore`, `<file>.rego`
    ssh,            ///< read: a private key, or an agent's socket
    layout,         ///< read: an OCI layout
    cache,          ///< read: an OCI layout, or nothing yet (`cache-from: type=local`)
    output_file,    ///< written
    output_folder,  ///< written: a file system of somebody's choice
    output_layout,  ///< written: an OCI layout
};

/// True where something is written: no link is followed to it.
bool is_output(PathUse use);

/// A file or folder beneath the workspace or runner.temp: the only form in which an input names one. It
/// leads through no link out of them, for outputs through no link at all, and never into a `.git`. Only a
/// PathOpener makes one.
class WorkspacePath {
  public:
    /// The absolute path, normalised, as this process and the programs that it starts see it.
    [[nodiscard]] const std::string& string() const { return path_; }
    [[nodiscard]] PathUse use() const { return use_; }

    bool operator==(const WorkspacePath&) const = default;

  private:
    friend class PathOpener;
    WorkspacePath(std::string path, PathUse use) : path_(std::move(path)), use_(use) {}
    std::string path_;
    PathUse use_;
};

/// The two folders that inputs may name files in. The runner mounts them into the action's container under
/// names of their own; `github.workspace` and `runner.temp` in a workflow give those of the runner's machine.
struct PathRoots {
    std::string workspace;  ///< absolute; empty: unknown
    std::string temporary;  ///< absolute; empty: there is none
    /// What the same folders are called on the runner's machine and in a job's container.
    std::vector<std::string> workspace_aliases = {};
    std::vector<std::string> temporary_aliases = {};
};

/// A path within one of the two folders, as far as its text says: links are not looked at.
struct Place {
    std::string root;      ///< absolute
    std::string relative;  ///< normalised, without `..`; "." is the root itself

    bool operator==(const Place&) const = default;
};

/// Takes a path as an input writes it, relative to the workspace or absolute; gives its place. An Error says
/// that it leads out of both folders, is a shell's shorthand (`~`, `$HOME`), passes a `.git`, or is one of
/// the runner's own files in runner.temp. `.` and `..` are resolved before links are, as buildx does.
Result<Place> locate(std::string_view written, const PathRoots& roots, PathUse use);

/// True for a file name that git, or a file system that ignores case, some characters or the end of a name,
/// takes for `.git` (the names that git itself refuses to check out).
bool is_git_name(std::string_view name);

/// Makes WorkspacePaths. The rules of text are here; who derives from it looks at the files.
class PathOpener {
  public:
    explicit PathOpener(PathRoots roots) : roots_(std::move(roots)) {}
    virtual ~PathOpener() = default;

    /// Takes a path as an input writes it; gives it opened. What does not exist yet is no error. An Error
    /// says what of locate()'s and follow()'s rules it breaks, and what to write instead.
    [[nodiscard]] Result<WorkspacePath> open(std::string_view written, PathUse use) const;

    /// Takes a path right before another program opens it: an Error says that what is read is not there, or
    /// that a file or link on the way has changed so that open() would no longer give this path.
    [[nodiscard]] Result<void> check(const WorkspacePath& path) const;

    [[nodiscard]] const PathRoots& roots() const { return roots_; }

  protected:
    PathOpener(const PathOpener&) = default;
    PathOpener(PathOpener&&) = default;
    PathOpener& operator=(const PathOpener&) = default;
    PathOpener& operator=(PathOpener&&) = default;

    enum class Presence { optional, required };

  private:
    /// Takes a place; gives its relative path with the links on the way resolved. An Error says that a link
    /// leads out or (for outputs) is there, that it passes a `.git`, or that it is not of the kind that `use`
    /// needs.
    [[nodiscard]] virtual Result<std::string> follow(const Place& place, PathUse use,
                                                     Presence presence) const = 0;

    [[nodiscard]] Result<WorkspacePath> open(std::string_view written, PathUse use, Presence presence) const;

    PathRoots roots_;
};

}  // namespace pr_image::text

namespace pr_image {
using text::PathOpener;
using text::PathRoots;
using text::PathUse;
using text::WorkspacePath;
}  // namespace pr_image
