#include "actions/checkout.hpp"

#include "process/read_file.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace pr_image::actions {
namespace {

namespace fs = std::filesystem;
using process::read_file_beneath;

constexpr std::size_t kSmallFile = 4096;
constexpr std::size_t kLargestPackedRefs = std::size_t{64} << 20U;
constexpr int kDeepestSymbolicRef = 5;  // git's own limit

constexpr std::string_view kHeadPrefix = "ref: ";

std::unexpected<Error> unknown(std::string why) {
    return text::fail("Cannot tell which commit is checked out", std::move(why),
                      "Check out with actions/checkout before this step, in the workspace");
}

/// The rules of git-check-ref-format(1) that keep a name inside `refs/`.
bool is_ref_name(std::string_view name) {
    if (!name.starts_with("refs/")) return false;
    return std::ranges::all_of(text::split(name, '/'), [](std::string_view part) {
        return !part.empty() && !part.starts_with('.') && part.find("..") == std::string_view::npos &&
               std::ranges::none_of(part, [](char c) {
                   return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\';
               });
    });
}

/// Reads a small file of the repository; nothing when it is not there.
Result<std::optional<std::string>> read_line(const fs::path& folder, const std::string& name) {
    Result<std::optional<std::string>> content = read_file_beneath(folder.string(), name, kSmallFile);
    if (!content) return unknown(text::to_string(content.error()));
    std::optional<std::string>& line = *content;
    if (line) line = std::string(text::trim(*line));
    return content;
}

/// `folder/.git` itself, or what a `.git` file there names. Nothing when there is neither.
Result<std::optional<fs::path>> git_directory(const fs::path& folder) {
    fs::path dot_git = folder / ".git";
    std::error_code ignored;
    if (fs::is_directory(dot_git, ignored)) return dot_git;
    TRY_ASSIGN(const std::optional<std::string> content, read_line(folder, ".git"));
    const std::optional<std::string>& line = content;
    if (!line) return std::nullopt;

    constexpr std::string_view kPointer = "gitdir: ";
    if (!line->starts_with(kPointer)) return unknown("the file '.git' does not name a repository");
    fs::path target = folder / fs::path(text::trim(std::string_view(*line).substr(kPointer.size())));
    if (!fs::is_directory(target, ignored)) {
        return unknown("the file '.git' names a folder that is not visible here");
    }
    return target;
}

/// Where the refs are that all worktrees share (gitrepository-layout(5), "commondir").
Result<fs::path> common_directory(const fs::path& git) {
    TRY_ASSIGN(const std::optional<std::string> content, read_line(git, "commondir"));
    const std::optional<std::string>& shared = content;
    return shared ? git / fs::path(*shared) : git;
}

/// Looks `name` up in packed-refs; nothing when it is not there.
Result<std::optional<std::string>> packed_ref(const fs::path& common, std::string_view name) {
    const auto content = read_file_beneath(common.string(), "packed-refs", kLargestPackedRefs);
    if (!content) return unknown(text::to_string(content.error()));
    const std::optional<std::string>& refs = *content;
    if (!refs) return std::nullopt;
    for (const std::string_view line : text::lines(*refs)) {
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos || line.starts_with('#')) continue;
        if (text::trim(line.substr(space + 1)) == name) return std::string(line.substr(0, space));
    }
    return std::nullopt;
}

/// Gives the content of a loose or packed ref, one line; HEAD and refs of its own are a worktree's.
Result<std::string> read_ref(const fs::path& git, const fs::path& common, const std::string& name) {
    for (const fs::path& place : {git, common}) {
        TRY_ASSIGN(const std::optional<std::string> content, read_line(place, name));
        const std::optional<std::string>& line = content;
        if (line) return *line;
    }
    TRY_ASSIGN(const std::optional<std::string> content, packed_ref(common, name));
    const std::optional<std::string>& packed = content;
    if (packed) return *packed;
    return unknown(fmt::format("'{}' has no commit yet", text::printable(name)));
}

}  // namespace

std::optional<std::string> checkout_holding(const std::string& folder,
                                            const std::vector<std::string>& roots) {
    std::error_code failed;
    const fs::path whole = fs::canonical(folder, failed);
    if (failed) return std::nullopt;
    for (const std::string& root : roots) {
        const fs::path top = root.empty() ? fs::path() : fs::canonical(root, failed);
        if (root.empty() || failed) continue;
        const auto [at, end] = std::ranges::mismatch(top, whole);
        if (at != top.end()) continue;
        for (fs::path place = whole;; place = place.parent_path()) {
            std::error_code missing;
            if (fs::exists(fs::symlink_status(place / ".git", missing))) return place.string();
            if (place == top || place == place.parent_path()) break;
        }
    }
    return std::nullopt;
}

Result<std::optional<CommitSha>> checked_out_commit(const std::string& folder) {
    TRY_ASSIGN(const std::optional<fs::path> found, git_directory(folder));
    const std::optional<fs::path>& git = found;
    if (!git) return std::nullopt;
    TRY_ASSIGN(const fs::path common, common_directory(*git));
    std::error_code ignored;
    if (fs::is_directory(common / "reftable", ignored)) {
        return unknown("the repository keeps its refs in the reftable format");
    }

    std::string name = "HEAD";
    for (int depth = 0; depth <= kDeepestSymbolicRef; ++depth) {
        TRY_ASSIGN(const std::string content, read_ref(*git, common, name));
        if (!content.starts_with(kHeadPrefix)) {
            const Result<CommitSha> sha = CommitSha::parse(content);
            if (!sha || !sha->is_full()) {
                return unknown(fmt::format("'{}' holds no commit", text::printable(name)));
            }
            return *sha;
        }
        name = std::string(text::trim(std::string_view(content).substr(kHeadPrefix.size())));
        if (!is_ref_name(name)) return unknown("what HEAD or a symbolic ref names is not a ref");
    }
    return unknown("the symbolic refs point at each other");
}

}  // namespace pr_image::actions
