#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pr_image::plan::cleanup {

/// Why a manifest or a tag goes or stays.
enum class Reason : std::uint8_t {
    // It goes.
    closed_pull_request,
    superseded_push,
    expired_branch_image,
    expired_branch_cache,
    abandoned_staging,
    unfinished_cleanup,
    child,
    referrer,
    leftover,
    // It stays.
    foreign_tag,
    protected_tag,
    out_of_scope,
    open_pull_request,
    current_head,
    unknown_pull_request,
    recently_closed,
    too_young,
    age_unknown,
    branch_rule_off,
    newest_of_branch,
    living_branch,
    branches_unknown,
    label_unread,
    not_our_branch_image,
    shared,
    subject_stays,
    subject_absent,
    untagged_rule_off,
    needed_by_cleanup,
    no_journal,
    unproven,
    refused,
    cyclic
};

/// Gives the code that the report has: `closed_pull_request`.
std::string_view to_string(Reason reason);

/// Gives the reason as an end of "it goes because" or "it stays because". `detail` names the tag, digest or
/// manifest that the reason is about; it may be empty.
std::string explain(Reason reason, std::string_view detail);

}  // namespace pr_image::plan::cleanup
