#pragma once

#include "text/commit_sha.hpp"
#include "text/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pr_image::actions {

/// Takes the folder of a checkout; gives the commit that is checked out there, read from `.git` as
/// gitrepository-layout(5) describes it and without a git binary: a detached HEAD, a branch (loose or
/// packed), and a worktree's or submodule's `.git` file. Nothing when there is no repository. An Error says
/// that there is one, but not which commit it is at: no commit yet, a reftable, a `.git` file that points
/// to where this container cannot see, or a malformed ref. Nothing but a well-formed SHA ever comes out of
/// the files that are read, which are regular, small, and reached through checked ref names only.
Result<std::optional<CommitSha>> checked_out_commit(const std::string& folder);

/// Takes a folder, which may be a link, and the folders that the runner shares with this container; gives the
/// folder of the checkout that holds it: the nearest one at or above it that has a `.git`, within one of
/// `roots`. Nothing where there is none.
std::optional<std::string> checkout_holding(const std::string& folder, const std::vector<std::string>& roots);

}  // namespace pr_image::actions
