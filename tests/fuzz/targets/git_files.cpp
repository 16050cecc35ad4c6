#include "actions/git_config.hpp"
#include "actions/git_secrets.hpp"
#include "docker/ignore_file.hpp"
#include "fuzz/target.hpp"

#include <string>

namespace pr_image::fuzz {
namespace {

/// A git configuration, a credential store or a context's ignore file, as any checkout may hold them.
void try_git_files(std::string_view input) {
    const actions::GitConfig config = actions::parse_git_config(input);
    std::size_t length = 0;
    for (const actions::GitVariable& variable : config.variables) {
        require(!variable.name.empty());
        require(variable.name.ends_with(variable.key()));
        require(variable.name.starts_with(variable.section()));
        require(!variable.value || variable.value->size() <= input.size());
        length += variable.key().size();
        // What is said of a secret is a phrase of ours, whatever the file holds.
        require(!actions::to_string(actions::secret_of(variable)).empty());
        for (const actions::GitReference& reference : actions::references_of(variable))
            require(!reference.path.empty());
    }
    require(length <= input.size());
    // Nothing that follows a malformed line changes what was read before it.
    if (config.malformed_line != 0) {
        const actions::GitConfig longer = actions::parse_git_config(std::string(input) + "\n[a]\nb = c\n");
        require(longer.variables.size() >= config.variables.size());
    }
    any_result(actions::secret_of_store(input));
    any_result(actions::secret_of_netrc(input));

    std::string_view rest = input;
    const std::string path(take_field(rest));
    const docker::IgnoreFile ignored = docker::IgnoreFile::parse(rest);
    const bool left_out = ignored.leaves_out(path);
    require(ignored.leaves_out(path) == left_out);
    require(!docker::IgnoreFile::parse("").leaves_out(path));
}

const Registered kRegistered("git_files", try_git_files);

}  // namespace
}  // namespace pr_image::fuzz
