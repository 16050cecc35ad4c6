#include "plan/cleanup/reason.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace pr_image::plan::cleanup {

namespace {

struct Words {
    std::string_view code;
    std::string_view sentence;
    std::string_view with_detail;  ///< with one `{}`; empty: the sentence says it all
};

constexpr std::array<Words, static_cast<std::size_t>(Reason::cyclic) + 1> kWords{{
    {"closed_pull_request", "its pull request is closed", "pull request {} is closed"},
    {"superseded_push", "newer pushes of the same pull request are kept", {}},
    {"expired_branch_image", "it is a branch's image, older than branch-retention", {}},
    {"expired_branch_cache", "its branch is gone and branch-retention has passed", {}},
    {"abandoned_staging", "it is part of an image that was never put together", {}},
    {"unfinished_cleanup", "an earlier clean-up left it", {}},
    {"child", "only deleted images refer to it", "only deleted images refer to it, such as {}"},
    {"referrer", "it belongs to a deleted image", "it belongs to {}, which is deleted"},
    {"leftover", "it has no tag, and nothing refers to it", {}},
    {"foreign_tag", "its tag is not one that clean-up may touch", "{} is not a tag that clean-up may touch"},
    {"protected_tag", "it is protected", "{} is protected"},
    {"out_of_scope", "this run is about one pull request only", {}},
    {"open_pull_request", "its pull request is open", "pull request {} is open"},
    {"current_head", "it is the current head of an open pull request",
     "it is the current head of pull request {}, which is open"},
    {"unknown_pull_request", "nothing is known of its pull request", "nothing is known of pull request {}"},
    {"recently_closed", "its pull request was closed within pr-retention",
     "pull request {} was closed within pr-retention"},
    {"too_young", "it is younger than the retention", {}},
    {"age_unknown", "the registry does not say how old it is", {}},
    {"branch_rule_off", "branch-retention is not set for this run", {}},
    {"newest_of_branch", "it is the newest image of a branch that exists", {}},
    {"living_branch", "its branch exists", {}},
    {"branches_unknown", "the repository's branches could not be listed", {}},
    {"label_unread", "the image's labels could not be read", {}},
    {"not_our_branch_image", "the image has no label that makes it a branch's",
     "no label of the image says that {} is a branch's tag"},
    {"shared", "something that stays refers to it", "{} refers to it"},
    {"subject_stays", "what it belongs to stays", "it belongs to {}, which stays"},
    {"subject_absent", "what it belongs to is not here", "it belongs to {}, which is not here"},
    {"untagged_rule_off", "it has no tag, and input untagged is off", {}},
    {"needed_by_cleanup", "an unfinished clean-up still needs it", {}},
    {"no_journal", "what has the tag is no journal of a clean-up",
     "what {} is on is no journal of a clean-up"},
    {"unproven", "it cannot be proven that nothing refers to it",
     "it cannot be proven that nothing refers to it: {} could not be read"},
    {"refused", "the registry does not delete it", "the registry does not delete it: {}"},
    {"cyclic", "it is part of a circle of references", {}},
}};

}  // namespace

std::string_view to_string(Reason reason) {
    return kWords[static_cast<std::size_t>(reason)].code;
}

std::string explain(Reason reason, std::string_view detail) {
    const Words& words = kWords[static_cast<std::size_t>(reason)];
    if (detail.empty() || words.with_detail.empty()) return std::string(words.sentence);
    const std::size_t at = words.with_detail.find("{}");
    return fmt::format("{}{}{}", words.with_detail.substr(0, at), detail, words.with_detail.substr(at + 2));
}

}  // namespace pr_image::plan::cleanup
