#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace pr_image::e2e {

/// Files of a commit: relative path → content.
using Files = std::map<std::string, std::string>;

/// The commits that a story is about; those it has none of are empty.
struct Commits {
    std::string base;    ///< tip of the base branch
    std::string head;    ///< tip of the pull request's branch
    std::string merge;   ///< GitHub's test merge of the two
    std::string before;  ///< the commit before `base` on its branch
};

/// What a workflow has in its workspace.
enum class CheckedOut { kBase, kHead };

/// Makes real git checkouts the way actions/checkout leaves them: a shallow fetch of one commit, with
/// `origin` on github.com. Names, dates and messages are fixed, so the same files give the same commits.
/// What git refuses throws std::runtime_error.
class Checkout {
  public:
    /// Takes the owner/name that `origin` gets.
    explicit Checkout(std::string repository) : repository_(std::move(repository)) {}

    /// The base branch's files, then the pull request's changes on top of them; leaves HEAD detached at the
    /// merge commit, as for `pull_request`.
    Commits pull_request(const std::filesystem::path& workspace, const Files& base, const Files& changes,
                         int number) const;
    /// As `pull_request`, but leaves what a `pull_request_target` workflow has: the base branch, which is
    /// checked out by default, or the head, which it asks for with the input `ref`.
    Commits pull_request_target(const std::filesystem::path& workspace, const Files& base,
                                const Files& changes, int number, CheckedOut what) const;
    /// Leaves `branch` checked out at a commit with these files, as for a push.
    Commits branch(const std::filesystem::path& workspace, const Files& files,
                   const std::string& branch) const;
    /// Leaves HEAD detached at a tagged commit with these files, as for a push of a tag.
    Commits tag(const std::filesystem::path& workspace, const Files& files, const std::string& tag) const;

  private:
    std::string repository_;
};

/// Writes files below a folder, making the folders between.
void write_files(const std::filesystem::path& folder, const Files& files);

}  // namespace pr_image::e2e
