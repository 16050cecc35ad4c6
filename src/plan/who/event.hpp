#pragma once

#include "text/commit_sha.hpp"
#include "text/error.hpp"
#include "text/pull_request_number.hpp"
#include "text/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::plan {

/// What the runner says about this run, as text that nobody has looked at yet.
struct EventContext {
    std::string event_name;     ///< GITHUB_EVENT_NAME
    std::string payload;        ///< the content of event.json; empty means there is none
    std::string repository;     ///< owner/name
    std::string repository_id;  ///< decimal
    std::string ref;            ///< refs/heads/…, refs/tags/…, refs/pull/N/merge
    std::string sha;            ///< GITHUB_SHA
    std::string actor;          ///< GITHUB_ACTOR
    std::string run_id;         ///< decimal
    std::string run_attempt;    ///< decimal
    std::string server_url;     ///< https://github.com
    std::string workspace;      ///< the absolute path of the checkout, as this process sees it
};

/// The events that the strategy table tells apart.
enum class EventKind {
    pull_request,
    pull_request_target,
    merge_group,
    ref,  ///< push, schedule, workflow_dispatch, release, repository_dispatch: all act on a branch or a tag
    foreign  ///< workflow_run, issue_comment and the rest: which commit is meant must be said by inputs
};

/// Whose repository a pull request's head commit is in.
enum class HeadRepository { same, other, gone, unknown };

/// The pull request that an event is about.
struct PullRequest {
    PullRequestNumber number;
    std::optional<CommitSha> head_sha;  ///< absent for an event that names only the number
    std::string head_ref;               ///< branch name, as untrusted as text gets
    std::string base_ref;               ///< branch name
    HeadRepository head_repository = HeadRepository::unknown;
    bool closed = false;  ///< this event says that the pull request was closed
};

/// What GitHub says happened, shape-checked. Nothing downstream reads the environment or the payload again.
struct Event {
    std::string name;  ///< as GitHub writes it
    EventKind kind = EventKind::foreign;
    std::string repository;           ///< owner/name, of [A-Za-z0-9._-] each
    std::uint64_t repository_id = 0;  ///< 0 when neither the payload nor the environment says
    std::string ref;                  ///< refs/…; may be empty for foreign events
    std::optional<CommitSha> sha;     ///< GITHUB_SHA
    std::optional<PullRequest> pull_request;
    std::string default_branch;  ///< empty when the payload does not say
    std::string tag_base_ref;    ///< the branch that a pushed git tag was made on, where GitHub says it
    std::optional<text::Timestamp> commit_date;  ///< of `sha`, where the payload says it
    std::string actor;
    std::string run_id;       ///< digits
    std::string run_attempt;  ///< digits
    std::string server_url;
    std::string workspace;
    bool private_repository = false;
    std::string owner_type;   ///< of the repository's account: Organization, User, or empty
    std::string description;  ///< of the repository, one line
    std::string license;      ///< SPDX id, empty when GitHub knows none

    /// The branch that `ref` names, or empty.
    [[nodiscard]] std::string_view branch() const;
    /// The git tag that `ref` names, or empty.
    [[nodiscard]] std::string_view git_tag() const;
    /// True when `ref` names the default branch.
    [[nodiscard]] bool on_default_branch() const;
};

/// Takes the raw context; gives the checked Event. Errors name the field: a malformed payload, a pull request
/// number or SHA of the wrong shape, a repository that is not owner/name, a merge queue ref without
/// `pr-<N>-`. Fields that GitHub sends as null (`head.repo` of a deleted fork) are facts, not errors. Rule:
/// README, "What it decides"; "same repository" compares `pull_request.head.repo.id` with `repository.id`.
Result<Event> parse_event(const EventContext& context);

}  // namespace pr_image::plan
