#pragma once

#include "actions/git_config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::actions {

/// What a file of git's holds that nobody else should read.
enum class GitSecret { none, header, address, helper, password };

/// Gives what to call it, for messages: a phrase of our own, never any of the file's content.
std::string_view to_string(GitSecret secret);

/// Takes a variable; gives what secret it holds itself: an HTTP header, an address with a user name or
/// password (in its value or its subsection), a credential helper that prints a password, a password or
/// token. Rule: git-config(1), and the variables of git's own helper programs.
GitSecret secret_of(const GitVariable& variable);

/// Takes the content of a credential store, a netrc file or a file of git's with one address on each line;
/// gives what secret it holds.
GitSecret secret_of_store(std::string_view content);
GitSecret secret_of_netrc(std::string_view content);

/// The files that a variable makes git read as well, as the configuration writes them.
struct GitReference {
    enum class Kind { configuration, store, secret };
    Kind kind;  ///< another configuration; a credential store; a file that is a secret as a whole
    std::string path;
};
std::vector<GitReference> references_of(const GitVariable& variable);

}  // namespace pr_image::actions
