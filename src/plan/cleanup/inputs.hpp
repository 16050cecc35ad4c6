#pragma once

#include "plan/cleanup/policy.hpp"
#include "plan/inputs.hpp"
#include "plan/who/event.hpp"
#include "text/error.hpp"
#include "text/workspace_path.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan::cleanup {

/// How to list and delete what a registry holds.
enum class BackendKind { automatic, github, oci };

/// What the workflow asked clean-up for, beside what every command knows (images, credentials, `pr-number`).
struct Inputs {
    bool dry_run = false;
    std::optional<std::chrono::seconds> pr_retention;  ///< absent: the default of the event
    std::optional<std::chrono::seconds> branch_retention = std::chrono::days(7);  ///< absent: off
    std::optional<std::chrono::seconds> untagged;                                 ///< absent: off
    std::optional<std::uint32_t> keep;
    std::vector<std::string> protected_tags;  ///< empty: the default
    std::size_t concurrency = 32;             ///< requests at once
    BackendKind backend = BackendKind::automatic;
    std::optional<WorkspacePath> cache_file;
};

/// Takes the raw inputs and what opens paths; gives clean-up's own, or one Error that names the input, shows
/// the value and says what is allowed.
Result<Inputs> parse_inputs(const InputMap& raw, const PathOpener& paths);

/// Takes the event and the inputs; gives what may go. A run about one pull request (its event, or
/// `pr-number`) is about nothing else and needs no retention; any other run looks at everything, and leaves
/// what was closed within the last 24 hours.
Policy make_policy(const Event& event, const plan::Inputs& inputs, const Inputs& cleanup);

/// Takes a registry's host; says which back end fits, unless one is wanted.
BackendKind backend_for(std::string_view host, const Event& event, BackendKind wanted);

}  // namespace pr_image::plan::cleanup
