#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::actions {

/// What a build could read of git's credentials in the folders that it is given.
struct GitCredentials {
    struct File {
        std::string path;        ///< absolute
        std::string_view holds;  ///< what kind of secret; never any of the content
    };
    std::vector<File> files;  ///< each once
    std::string unchecked;    ///< what could not be looked at, in words; empty: all was
};

/// How far find_git_credentials() goes.
struct CredentialSearch {
    std::vector<std::string>
        folders;            ///< what the build can see: absolute paths, which may be links themselves
    std::string workspace;  ///< absolute
    std::size_t max_entries = 20'000;  ///< of all folders together
};

/// Looks for credentials in every file of the folders that git reads: configurations of repositories, bare
/// ones, worktrees and submodules at any depth, what they include, credential stores, netrc and cookie files,
/// TLS keys. Links are not followed, as a build context is sent with its links; a file outside all folders is
/// not looked at, as a build cannot see it: so an `include` of the runner's temporary folder, where
/// actions/checkout keeps the token since v6, is no finding. A path of the runner's host
/// (`/home/runner/work/app/app/x`) is looked for beneath the workspace. What cannot be read or is not
/// what git would read is `unchecked`.
GitCredentials find_git_credentials(const CredentialSearch& search);

}  // namespace pr_image::actions
