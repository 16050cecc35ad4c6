#pragma once

#include "plan/who/event.hpp"
#include "text/commit_sha.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::plan {

/// True for a context that begins with `{{defaultContext}}`.
bool names_default_context(std::string_view context);

/// Gives the address of this repository at a commit, from which BuildKit fetches the context itself:
/// "https://github.com/acme/app.git#<sha>".
std::string default_context(const Event& event, const CommitSha& commit);

/// Gives `context` with `{{defaultContext}}` at its front replaced by `address`.
std::string with_default_context(std::string_view context, std::string_view address);

/// Takes a context that BuildKit fetches; gives the commit that its address names in full,
/// `….git#<sha>[:folder]`, which git then verifies. Nothing for a branch, an abbreviation, or what is no git
/// address.
std::optional<CommitSha> fetched_commit(std::string_view context);

/// The id of the build secret that BuildKit takes for git over HTTPS from this run's GitHub server.
std::string git_token_id(const Event& event);

}  // namespace pr_image::plan
