#include "actions/git_credentials.hpp"

#include "actions/git_config.hpp"
#include "actions/git_secrets.hpp"
#include "process/read_file.hpp"
#include "text/error.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

namespace pr_image::actions {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{1} << 20U;
constexpr int kMaxIncludes = 10;  // git's own limit
constexpr std::size_t kMaxFound = 20;

/// What a file is by its name and place.
enum class Kind { other, configuration, store, netrc, address_list };

bool is_beneath(const fs::path& path, const fs::path& folder) {
    const auto [at, end] = std::ranges::mismatch(folder, path);
    return at == folder.end();
}

/// True beneath a `.git`, but for its refs and objects, whose files may have any name.
bool is_settings_folder(const fs::path& folder) {
    constexpr std::array<std::string_view, 3> kData{"refs", "objects", "logs"};
    bool inside = false;
    for (const fs::path& part : folder) {
        if (inside && std::ranges::find(kData, part.string()) != kData.end()) return false;
        inside = inside || part == ".git";
    }
    return inside;
}

/// True for `remotes/NAME` and `branches/NAME` of a repository, where git still reads addresses from.
bool is_address_list(const fs::path& path) {
    const fs::path folder = path.parent_path();
    return (folder.filename() == "remotes" || folder.filename() == "branches") &&
           folder.parent_path().filename().string().ends_with(".git");
}

class Search {
  public:
    explicit Search(const CredentialSearch& search) : left_(search.max_entries) {
        std::error_code failed;
        for (const std::string& folder : search.folders) {
            fs::path root = fs::canonical(folder, failed);
            if (failed) {
                incomplete(folder, failed.message());
            } else {
                roots_.push_back(std::move(root));
            }
        }
        workspace_ = fs::canonical(search.workspace, failed);
        if (failed) workspace_.clear();
    }

    GitCredentials run() {
        for (const fs::path& root : roots_)
            queue_.push_back(root);
        while (!queue_.empty() && !full_) {
            const fs::path folder = std::move(queue_.front());
            queue_.pop_front();
            if (visited_.insert(folder).second) look_into(folder);
        }
        return std::move(found_);
    }

  private:
    struct Entry {
        std::string name;
        fs::file_type type;
    };

    void incomplete(const fs::path& path, std::string_view why) {
        if (found_.unchecked.empty())
            found_.unchecked = fmt::format("{}: {}", text::printable(path.string()), text::printable(why));
    }

    std::optional<std::vector<Entry>> entries_of(const fs::path& folder) {
        std::vector<Entry> entries;
        std::error_code failed;
        for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
            if (left_ == 0) {
                full_ = true;
                incomplete(folder, "there are too many files to look at all of them");
                return std::nullopt;
            }
            --left_;
            std::error_code unknown;
            const fs::file_type type = at->is_symlink(unknown)        ? fs::file_type::symlink
                                       : at->is_directory(unknown)    ? fs::file_type::directory
                                       : at->is_regular_file(unknown) ? fs::file_type::regular
                                                                      : fs::file_type::unknown;
            entries.push_back({at->path().filename().string(), type});
        }
        if (failed) incomplete(folder, failed.message());
        return entries;
    }

    void look_into(const fs::path& folder) {
        const std::optional<std::vector<Entry>> entries = entries_of(folder);
        if (!entries) return;
        const auto has = [&](std::string_view name) {
            return std::ranges::find(*entries, name, &Entry::name) != entries->end();
        };
        // A worktree's own folder has no objects: it names the repository's in `commondir`.
        const bool repository = folder.filename().string().ends_with(".git") || is_settings_folder(folder) ||
                                (has("HEAD") && (has("objects") || has("commondir")));
        for (const Entry& entry : *entries) {
            fs::path path = folder / entry.name;
            if (entry.type == fs::file_type::directory) {
                // What a repository keeps its settings in comes first, before any limit is reached.
                if (repository || entry.name == ".git") {
                    queue_.push_front(std::move(path));
                } else {
                    queue_.push_back(std::move(path));
                }
            } else if (entry.type == fs::file_type::regular) {
                look_at(path, kind_of(path, repository), 0);
            }
        }
    }

    static Kind kind_of(const fs::path& path, bool in_repository) {
        const std::string name = path.filename().string();
        const std::string folder = path.parent_path().filename().string();
        constexpr std::array<std::string_view, 4> kConfigurations{".gitconfig", "gitconfig", ".gitmodules",
                                                                  ".lfsconfig"};
        if (std::ranges::find(kConfigurations, name) != kConfigurations.end()) return Kind::configuration;
        // As actions/checkout v6 writes it into runner.temp, which may be a context.
        if (name.starts_with("git-credentials-") && name.ends_with(".config")) return Kind::configuration;
        // `config`, `config.worktree`, and the `config.lock` that a git which was killed leaves behind.
        if (in_repository && name.starts_with("config")) return Kind::configuration;
        if (folder == "git" && name == "config") return Kind::configuration;
        if (name == ".git-credentials" || (folder == "git" && name == "credentials")) return Kind::store;
        if (name == ".netrc" || name == "_netrc") return Kind::netrc;
        if (is_address_list(path)) return Kind::address_list;
        return Kind::other;
    }

    void look_at(const fs::path& path, Kind kind, int depth) {
        if (kind == Kind::other || full_ || !visited_.insert(path).second) return;
        const auto read = process::read_file(path.string(), kMaxFile, process::Links::refuse);
        if (!read) {
            incomplete(path, read.error().why);
            return;
        }
        const std::optional<std::string>& content = *read;
        if (!content) return;
        switch (kind) {
            case Kind::configuration:
                look_at_configuration(path, *content, depth);
                break;
            case Kind::store:
            case Kind::address_list:
                report(path, secret_of_store(*content));
                break;
            case Kind::netrc:
                report(path, secret_of_netrc(*content));
                break;
            case Kind::other:
                break;
        }
    }

    void look_at_configuration(const fs::path& path, std::string_view content, int depth) {
        const GitConfig config = parse_git_config(content);
        if (config.malformed_line != 0)
            incomplete(path, fmt::format("git cannot read its line {}", config.malformed_line));
        for (const GitVariable& variable : config.variables) {
            report(path, secret_of(variable));
            for (const GitReference& reference : references_of(variable))
                follow(path, reference, depth);
        }
    }

    void follow(const fs::path& from, const GitReference& reference, int depth) {
        if (depth >= kMaxIncludes) {
            incomplete(from, "its includes are nested too deeply");
            return;
        }
        for (const fs::path& path : places(from, reference)) {
            std::error_code failed;
            const fs::path real = fs::canonical(path, failed);
            const bool visible = !failed && std::ranges::any_of(roots_, [&](const fs::path& root) {
                return is_beneath(real, root);
            });
            if (!visible || !fs::is_regular_file(real, failed)) continue;
            switch (reference.kind) {
                case GitReference::Kind::configuration:
                    look_at(real, Kind::configuration, depth + 1);
                    break;
                case GitReference::Kind::store:
                    look_at(real, Kind::store, depth + 1);
                    break;
                case GitReference::Kind::secret:
                    if (fs::file_size(real, failed) > 0) report(real, GitSecret::password);
                    break;
            }
        }
    }

    /// Where the file can be that a configuration names: an include is relative to the file, but git's
    /// current folder is not known for others, and neither is where the runner's host has the workspace.
    [[nodiscard]] std::vector<fs::path> places(const fs::path& from, const GitReference& reference) const {
        const std::string_view written = reference.path;
        if (written.contains('\0')) return {};
        std::vector<fs::path> found;
        if (!written.starts_with('/') && !written.starts_with('~') && !written.starts_with("%(")) {
            found.push_back(from.parent_path() / written);
            if (reference.kind == GitReference::Kind::configuration) return found;
            // In the work tree of `.git`, or where the workflow's steps run.
            found.push_back(from.parent_path().parent_path() / written);
            found.push_back(workspace_ / written);
            return found;
        }
        if (written.starts_with('/')) found.emplace_back(written);
        if (workspace_.empty()) return found;
        for (std::size_t slash = written.find('/'); slash != std::string_view::npos;
             slash = written.find('/', slash + 1)) {
            const std::string_view rest = written.substr(slash + 1);
            std::error_code missing;
            if (rest.empty() || rest.starts_with('/') || !fs::exists(workspace_ / rest, missing)) continue;
            found.push_back(workspace_ / rest);
            return found;
        }
        return found;
    }

    void report(const fs::path& path, GitSecret secret) {
        if (secret == GitSecret::none) return;
        const std::string whole = path.string();
        if (std::ranges::find(found_.files, whole, &GitCredentials::File::path) != found_.files.end()) return;
        found_.files.push_back({whole, to_string(secret)});
        full_ = full_ || found_.files.size() >= kMaxFound;
    }

    std::vector<fs::path> roots_;
    fs::path workspace_;
    std::deque<fs::path> queue_;
    std::set<fs::path> visited_;
    std::size_t left_;
    bool full_ = false;
    GitCredentials found_;
};

}  // namespace

GitCredentials find_git_credentials(const CredentialSearch& search) {
    return Search(search).run();
}

}  // namespace pr_image::actions
