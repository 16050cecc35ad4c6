#include "commands/probe_checkout.hpp"

#include "actions/checkout.hpp"
#include "actions/git_credentials.hpp"
#include "docker/ignore_file.hpp"
#include "plan/build/build_folders.hpp"
#include "process/read_file.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace pr_image::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxIgnoreFile = std::size_t{1} << 20U;
/// A warning is not worth more than some milliseconds; what a fork's code is refused for is worth a second.
constexpr std::size_t kMaxEntries = 20'000;
constexpr std::size_t kMaxEntriesForForks = 2'000'000;

fs::path real(const std::string& path) {
    std::error_code failed;
    fs::path whole = fs::canonical(path, failed);
    return failed ? fs::path(path) : whole;
}

bool is_beneath(const fs::path& path, const fs::path& folder) {
    const auto [at, end] = std::ranges::mismatch(folder, path);
    return at == folder.end();
}

std::string shown(const fs::path& path, const std::string& workspace) {
    const fs::path root = real(workspace);
    return text::printable(is_beneath(path, root) ? path.lexically_relative(root).string() : path.string());
}

/// A folder whose files BuildKit is sent, but for those that its ignore file leaves out.
struct SentFolder {
    fs::path path;
    docker::IgnoreFile ignored;

    [[nodiscard]] bool has(const fs::path& file) const {
        return is_beneath(file, path) && !ignored.leaves_out(file.lexically_relative(path).string());
    }
};

std::string content_of(const std::string& path) {
    const auto file = process::read_file(path, kMaxIgnoreFile, process::Links::refuse);
    if (!file) return {};
    const std::optional<std::string>& content = *file;
    return content.value_or(std::string());
}

/// The Dockerfile's own ignore file comes before the context's; an additional context has only the latter.
std::vector<SentFolder> sent_folders(const plan::BuildFolders& folders) {
    std::vector<SentFolder> sent;
    const auto add = [&](const std::string& folder, std::string ignore_file) {
        if (ignore_file.empty()) ignore_file = content_of(folder + "/.dockerignore");
        sent.push_back({real(folder), docker::IgnoreFile::parse(ignore_file)});
    };
    if (!folders.context.empty()) add(folders.context, content_of(folders.dockerfile + ".dockerignore"));
    for (const std::string& folder : folders.named)
        add(folder, {});
    return sent;
}

void probe_credentials(const Session& session, const plan::BuildFolders& folders, plan::Facts& facts) {
    const actions::GitCredentials found = actions::find_git_credentials(
        {.folders = folders.all(),
         .workspace = session.event.workspace,
         .max_entries = session.inputs.strategy.build_untrusted ? kMaxEntriesForForks : kMaxEntries});
    facts.credentials_unchecked = found.unchecked;
    const std::vector<SentFolder> sent = sent_folders(folders);
    for (const actions::GitCredentials::File& file : found.files) {
        const bool in_context =
            std::ranges::any_of(sent, [&](const SentFolder& folder) { return folder.has(file.path); });
        facts.credentials.push_back({.path = shown(file.path, session.event.workspace),
                                     .holds = std::string(file.holds),
                                     .in_context = in_context});
    }
}

/// Which commits are checked out, each checkout read once.
class Commits {
  public:
    explicit Commits(const Session& session) : session_(session) {}

    std::optional<std::string> checkout_of(const std::string& folder) const {
        return actions::checkout_holding(folder, {session_.event.workspace, session_.runtime.temp_directory});
    }
    std::optional<CommitSha> at(const std::optional<std::string>& checkout) {
        if (!checkout) return std::nullopt;
        const auto known = known_.find(*checkout);
        if (known != known_.end()) return known->second;
        std::optional<CommitSha>& commit = known_[*checkout];
        Result<std::optional<CommitSha>> read = actions::checked_out_commit(*checkout);
        if (read) {
            commit = *std::move(read);
        } else {
            session_.log.warning({"Checkout not readable", text::to_string(read.error()), {}, {}});
        }
        return commit;
    }

  private:
    const Session& session_;
    std::map<std::string, std::optional<CommitSha>> known_;
};

}  // namespace

void probe_checkout(const Session& session, plan::Facts& facts) {
    if (session.inputs.command == plan::Command::merge) return;
    const plan::BuildFolders folders = plan::build_folders(session.inputs.build);
    Commits commits(session);
    const std::optional<std::string> checkout =
        folders.context.empty() ? std::nullopt : commits.checkout_of(folders.context);
    facts.checked_out = commits.at(checkout);
    for (const std::string& folder : folders.all()) {
        if (folder == folders.context) continue;
        const std::optional<std::string> other = commits.checkout_of(folder);
        if (other && other == checkout) continue;
        facts.beside.push_back({shown(real(folder), session.event.workspace), commits.at(other)});
    }
    probe_credentials(session, folders, facts);
}

}  // namespace pr_image::commands
