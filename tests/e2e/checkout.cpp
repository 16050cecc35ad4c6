#include "e2e/checkout.hpp"

#include "support/child_process.hpp"
#include "support/files.hpp"
#include "text/strings.hpp"

#include <vector>

namespace pr_image::e2e {
namespace {

namespace fs = std::filesystem;

std::string git(const fs::path& folder, std::vector<std::string> arguments) {
    static const support::ChildOptions kFixed = {
        .environment = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                        {"GIT_CONFIG_SYSTEM", "/dev/null"},
                        {"GIT_AUTHOR_NAME", "Mona Lisa"},
                        {"GIT_AUTHOR_EMAIL", "mona@example.com"},
                        {"GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"},
                        {"GIT_COMMITTER_NAME", "GitHub"},
                        {"GIT_COMMITTER_EMAIL", "noreply@github.com"},
                        {"GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z"}}};
    std::vector<std::string> command = {"git", "-c", "advice.detachedHead=false", "-C", folder.string()};
    command.insert(command.end(), std::make_move_iterator(arguments.begin()),
                   std::make_move_iterator(arguments.end()));
    return std::string(text::trim(support::run(command, kFixed).out));
}

/// The repository at GitHub that the workspace is fetched from; gone once the fetch is done.
class Origin {
  public:
    explicit Origin(const fs::path& workspace) : folder_(workspace.string() + ".origin") {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        git(folder_, {"init", "--quiet", "--initial-branch=main"});
    }
    ~Origin() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Origin(const Origin&) = delete;
    Origin& operator=(const Origin&) = delete;

    std::string commit(const Files& files, const std::string& message) const {
        write_files(folder_, files);
        git(folder_, {"add", "--all"});
        git(folder_, {"commit", "--quiet", "--allow-empty", "--message", message});
        return git(folder_, {"rev-parse", "HEAD"});
    }

    [[nodiscard]] const fs::path& folder() const { return folder_; }

  private:
    fs::path folder_;
};

void fetch(const fs::path& workspace, const fs::path& origin, const std::string& repository,
           const std::string& remote_ref, const std::string& local_ref) {
    fs::create_directories(workspace);
    git(workspace, {"init", "--quiet"});
    git(workspace, {"remote", "add", "origin", "https://github.com/" + repository});
    git(workspace, {"fetch", "--quiet", "--no-tags", "--depth=1", "file://" + origin.string(),
                    "+" + remote_ref + ":" + local_ref});
}

Commits make_pull_request(const Origin& origin, const Files& base, const Files& changes, int number) {
    Commits commits;
    commits.before = origin.commit({{"README.md", "# an app\n"}}, "First");
    commits.base = origin.commit(base, "Base");
    git(origin.folder(), {"checkout", "--quiet", "-b", "feature"});
    commits.head = origin.commit(changes, "A change");
    git(origin.folder(), {"checkout", "--quiet", "--detach", "main"});
    git(origin.folder(), {"merge", "--quiet", "--no-ff", "--message",
                          "Merge " + commits.head + " into " + commits.base, "feature"});
    commits.merge = git(origin.folder(), {"rev-parse", "HEAD"});
    git(origin.folder(), {"update-ref", "refs/pull/" + std::to_string(number) + "/merge", commits.merge});
    return commits;
}

}  // namespace

void write_files(const fs::path& folder, const Files& files) {
    for (const auto& [name, content] : files) {
        support::write_file(folder / name, content);
    }
}

Commits Checkout::pull_request(const fs::path& workspace, const Files& base, const Files& changes,
                               int number) const {
    const Origin origin(workspace);
    Commits commits = make_pull_request(origin, base, changes, number);
    const std::string name = "pull/" + std::to_string(number) + "/merge";
    fetch(workspace, origin.folder(), repository_, "refs/" + name, "refs/remotes/" + name);
    git(workspace, {"checkout", "--quiet", "--force", "refs/remotes/" + name});
    return commits;
}

Commits Checkout::pull_request_target(const fs::path& workspace, const Files& base, const Files& changes,
                                      int number, CheckedOut what) const {
    const Origin origin(workspace);
    Commits commits = make_pull_request(origin, base, changes, number);
    if (what == CheckedOut::kHead) {
        fetch(workspace, origin.folder(), repository_, "refs/heads/feature", "refs/remotes/origin/head");
        git(workspace, {"checkout", "--quiet", "--force", commits.head});
    } else {
        fetch(workspace, origin.folder(), repository_, "refs/heads/main", "refs/remotes/origin/main");
        git(workspace, {"checkout", "--quiet", "--force", "-B", "main", "refs/remotes/origin/main"});
    }
    return commits;
}

Commits Checkout::branch(const fs::path& workspace, const Files& files, const std::string& branch) const {
    const Origin origin(workspace);
    Commits commits;
    commits.before = origin.commit({{"README.md", "# an app\n"}}, "First");
    if (branch != "main") git(origin.folder(), {"checkout", "--quiet", "-b", branch});
    commits.base = origin.commit(files, "Second");
    commits.head = commits.base;
    fetch(workspace, origin.folder(), repository_, "refs/heads/" + branch, "refs/remotes/origin/" + branch);
    git(workspace, {"checkout", "--quiet", "--force", "-B", branch, "refs/remotes/origin/" + branch});
    return commits;
}

Commits Checkout::tag(const fs::path& workspace, const Files& files, const std::string& tag) const {
    const Origin origin(workspace);
    Commits commits;
    commits.base = origin.commit(files, "Release");
    commits.head = commits.base;
    git(origin.folder(), {"tag", tag});
    fetch(workspace, origin.folder(), repository_, "refs/tags/" + tag, "refs/tags/" + tag);
    git(workspace, {"checkout", "--quiet", "--force", "refs/tags/" + tag});
    return commits;
}

}  // namespace pr_image::e2e
