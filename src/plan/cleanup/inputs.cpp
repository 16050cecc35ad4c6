#include "plan/cleanup/inputs.hpp"

#include "plan/input_reader.hpp"
#include "plan/who/strategy.hpp"
#include "text/duration.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pr_image::plan::cleanup {

namespace {

constexpr std::array<std::pair<std::string_view, BackendKind>, 3> kBackends{
    {{"auto", BackendKind::automatic}, {"github", BackendKind::github}, {"oci", BackendKind::oci}}};
constexpr std::chrono::hours kNightlyRetention{24};
// GitHub allows 100 requests at once, to all of its APIs together.
constexpr std::uint32_t kMostConcurrency = 64;

/// A duration, or `off`.
std::optional<std::chrono::seconds> read_retention(InputReader& read, std::string_view name,
                                                   std::optional<std::chrono::seconds> otherwise) {
    const std::string given = read.text(name);
    if (given.empty()) return otherwise;
    if (given == "off" || given == "false") return std::nullopt;
    return read.take(name, text::parse_duration(given), "Write for example 7d, 24h, 90m, 0 or off.");
}

std::optional<std::uint32_t> read_number(InputReader& read, std::string_view name, std::uint32_t most) {
    const std::string given = read.text(name);
    if (given.empty()) return std::nullopt;
    const auto number = text::parse_number<std::uint32_t>(given, 1, most);
    if (!number) {
        read.refuse(name, fmt::format("'{}' is not a number from 1 to {}", text::printable(given), most));
    }
    return number;
}

}  // namespace

Result<Inputs> parse_inputs(const InputMap& raw, const PathOpener& paths) {
    InputReader read(raw, paths);
    Inputs inputs;
    inputs.dry_run = read.boolean("dry-run", false);
    inputs.pr_retention = read_retention(read, "pr-retention", std::nullopt);
    if (const std::string given = read.text("pr-retention"); given == "off" || given == "false") {
        read.refuse("pr-retention", fmt::format("'{}' is no duration", given),
                    "Write 0 to remove a closed pull request's images at once.");
    }
    inputs.branch_retention = read_retention(read, "branch-retention", inputs.branch_retention);
    inputs.untagged = read_retention(read, "untagged", std::nullopt);
    inputs.keep = read_number(read, "keep", 1'000);
    inputs.protected_tags = read.list("protected-tags", text::Commas::split);
    if (Result<void> checked = check_protected_tags(inputs.protected_tags); !checked) {
        read.refuse("protected-tags", checked.error().why, checked.error().fix);
    }
    inputs.concurrency = read_number(read, "concurrency", kMostConcurrency)
                             .value_or(static_cast<std::uint32_t>(inputs.concurrency));
    inputs.backend = read.choice("cleanup-backend", kBackends);
    if (const std::string file = read.text("cleanup-cache"); !file.empty()) {
        inputs.cache_file = read.path("cleanup-cache", file, PathUse::output_file);
    }
    if (read.error()) return std::unexpected(*read.error());
    return inputs;
}

Policy make_policy(const Event& event, const plan::Inputs& inputs, const Inputs& cleanup) {
    Policy policy;
    policy.only = inputs.subject.pr_number;
    const bool about_one = event.kind == EventKind::pull_request ||
                           event.kind == EventKind::pull_request_target || event.kind == EventKind::foreign;
    if (!policy.only && about_one && event.pull_request) policy.only = event.pull_request->number;
    policy.pr_retention =
        cleanup.pr_retention.value_or(policy.only ? std::chrono::hours(0) : kNightlyRetention);
    policy.keep = cleanup.keep;
    policy.branch_retention = cleanup.branch_retention;
    policy.untagged = cleanup.untagged;
    policy.protects_pull_requests = !cleanup.protected_tags.empty();
    policy.protected_tags =
        policy.protects_pull_requests ? cleanup.protected_tags : default_protected_tags(event.default_branch);
    policy.default_branch = event.default_branch;
    return policy;
}

BackendKind backend_for(std::string_view host, const Event& event, BackendKind wanted) {
    if (wanted != BackendKind::automatic) return wanted;
    return is_github_registry(host, event) ? BackendKind::github : BackendKind::oci;
}

}  // namespace pr_image::plan::cleanup
