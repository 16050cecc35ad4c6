#pragma once

#include "e2e/checkout.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace pr_image::e2e {

/// A user, an organization or a bot at GitHub.
struct Account {
    std::string login = "mona";
    std::int64_t id = 21031067;
    std::string type = "User";  ///< User, Organization or Bot
};

/// A repository at GitHub.
struct Repository {
    Account owner = {.login = "Acme", .id = 6811672, .type = "Organization"};
    std::string name = "App";
    std::int64_t id = 186853002;
    bool fork = false;
    bool is_private = false;
    std::string default_branch = "main";
    std::string description = "An app";

    [[nodiscard]] std::string full_name() const { return owner.login + "/" + name; }
};

/// What GitHub gives a run about its cause: the payload in event.json, and the part of the `github` context
/// that a runner passes on as `GITHUB_<NAME>`. Shapes are those of GitHub's published webhook examples
/// (octokit/webhooks, payload-examples/api.github.com).
struct Event {
    std::string name;                              ///< pull_request, push, …
    boost::json::object payload;                   ///< event.json
    Repository repository;                         ///< the one whose workflow runs
    std::string ref;                               ///< GITHUB_REF
    std::string sha;                               ///< GITHUB_SHA
    std::string base_ref;                          ///< GITHUB_BASE_REF, empty outside pull requests
    std::string head_ref;                          ///< GITHUB_HEAD_REF, empty outside pull requests
    Account actor;                                 ///< GITHUB_ACTOR
    std::map<std::string, std::string> more = {};  ///< further variables, or others in place of the above
};

/// What is said of a pull request beyond its commits.
struct PullRequestSpec {
    int number = 42;
    std::string action = "synchronize";
    std::string title = "Let people log in";
    std::string head_branch = "feature/login";
    Repository repository = {};         ///< the base
    Repository head_repository = {};    ///< another one: a fork's pull request
    bool head_repository_gone = false;  ///< the fork was deleted: GitHub sends null
    Account author = {};
};

/// A `pull_request` event; `action: closed` without a merge.
Event pull_request(const PullRequestSpec& spec, const Commits& commits);
/// The same as a `pull_request_target` event, which runs at the base branch.
Event pull_request_target(const PullRequestSpec& spec, const Commits& commits);
/// A pull request from a fork of someone else's.
PullRequestSpec from_fork(PullRequestSpec spec = {});
/// A pull request that Dependabot opened in the repository itself.
PullRequestSpec from_dependabot(PullRequestSpec spec = {});

/// A push of a branch.
Event push(const Repository& repository, const std::string& branch, const Commits& commits);
/// A push of a tag.
Event push_tag(const Repository& repository, const std::string& tag, const Commits& commits);
/// A merge queue's check of a pull request.
Event merge_group(const Repository& repository, int number, const Commits& commits);
/// A run started by hand on a branch.
Event workflow_dispatch(const Repository& repository, const std::string& branch, const Commits& commits);
/// A run that somebody's request for `POST /repos/{owner}/{repo}/dispatches` asks for, on the default branch.
Event repository_dispatch(const Repository& repository, const std::string& type,
                          boost::json::object client_payload, const Commits& commits);
/// A run of the clock, which is always on the default branch.
Event schedule(const Repository& repository, const Commits& commits);

}  // namespace pr_image::e2e
