#include "e2e/event.hpp"

#include "text/strings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace pr_image::e2e {
namespace {

namespace json = boost::json;

constexpr std::string_view kApi = "https://api.github.com";
constexpr std::string_view kServer = "https://github.com";
constexpr std::string_view kTime = "2026-01-02T03:04:05Z";

std::string url(std::string_view server, std::string_view path) {
    return std::string(server) + "/" + std::string(path);
}

json::object account(const Account& account) {
    const std::string api = url(kApi, "users/" + account.login);
    return {{"login", account.login},
            {"id", account.id},
            {"node_id", "MDQ6VXNlcg=="},
            {"avatar_url", "https://avatars.githubusercontent.com/u/" + std::to_string(account.id) + "?v=4"},
            {"gravatar_id", ""},
            {"url", api},
            {"html_url", url(kServer, account.login)},
            {"followers_url", api + "/followers"},
            {"organizations_url", api + "/orgs"},
            {"repos_url", api + "/repos"},
            {"events_url", api + "/events{/privacy}"},
            {"type", account.type},
            {"user_view_type", "public"},
            {"site_admin", false}};
}

json::object repository_object(const Repository& repository) {
    const std::string api = url(kApi, "repos/" + repository.full_name());
    const std::string html = url(kServer, repository.full_name());
    return {
        {"id", repository.id},
        {"node_id", "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI="},
        {"name", repository.name},
        {"full_name", repository.full_name()},
        {"private", repository.is_private},
        {"owner", account(repository.owner)},
        {"html_url", html},
        {"description", repository.description.empty() ? json::value() : json::value(repository.description)},
        {"fork", repository.fork},
        {"url", api},
        {"branches_url", api + "/branches{/branch}"},
        {"commits_url", api + "/commits{/sha}"},
        {"contents_url", api + "/contents/{+path}"},
        {"pulls_url", api + "/pulls{/number}"},
        {"created_at", "2024-05-15T15:19:25Z"},
        {"updated_at", kTime},
        {"pushed_at", kTime},
        {"git_url", "git://github.com/" + repository.full_name() + ".git"},
        {"ssh_url", "git@github.com:" + repository.full_name() + ".git"},
        {"clone_url", html + ".git"},
        {"svn_url", html},
        {"homepage", nullptr},
        {"size", 12},
        {"stargazers_count", 3},
        {"watchers_count", 3},
        {"language", "C++"},
        {"has_issues", true},
        {"forks_count", 1},
        {"mirror_url", nullptr},
        {"archived", false},
        {"disabled", false},
        {"open_issues_count", 2},
        {"license", json::object{{"key", "mit"},
                                 {"name", "MIT License"},
                                 {"spdx_id", "MIT"},
                                 {"url", "https://api.github.com/licenses/mit"},
                                 {"node_id", "MDc6TGljZW5zZTEz"}}},
        {"allow_forking", true},
        {"is_template", false},
        {"web_commit_signoff_required", false},
        {"topics", json::array()},
        {"visibility", repository.is_private ? "private" : "public"},
        {"forks", 1},
        {"open_issues", 2},
        {"watchers", 3},
        {"default_branch", repository.default_branch}};
}

json::object side(const Repository& repository, const std::string& branch, const std::string& sha,
                  bool gone) {
    return {{"label", repository.owner.login + ":" + branch},
            {"ref", branch},
            {"sha", sha},
            {"user", gone ? json::value() : json::value(account(repository.owner))},
            {"repo", gone ? json::value() : json::value(repository_object(repository))}};
}

json::object organization(const Account& owner) {
    return {{"login", owner.login},
            {"id", owner.id},
            {"node_id", "MDEyOk9yZ2FuaXphdGlvbjY4MTE2NzI="},
            {"url", url(kApi, "orgs/" + owner.login)},
            {"repos_url", url(kApi, "orgs/" + owner.login + "/repos")},
            {"avatar_url", "https://avatars.githubusercontent.com/u/" + std::to_string(owner.id) + "?v=4"},
            {"description", ""}};
}

void add_common(json::object& payload, const Repository& repository, const Account& sender) {
    payload["repository"] = repository_object(repository);
    if (repository.owner.type == "Organization") payload["organization"] = organization(repository.owner);
    payload["sender"] = account(sender);
}

json::object pull_request_object(const PullRequestSpec& spec, const Commits& commits) {
    const bool closed = spec.action == "closed";
    const std::string number = std::to_string(spec.number);
    const std::string api = url(kApi, "repos/" + spec.repository.full_name() + "/pulls/" + number);
    const std::string html = url(kServer, spec.repository.full_name() + "/pull/" + number);
    const bool same = spec.head_repository.id == spec.repository.id;
    return {{"url", api},
            {"id", 279147437},
            {"node_id", "MDExOlB1bGxSZXF1ZXN0Mjc5MTQ3NDM3"},
            {"html_url", html},
            {"diff_url", html + ".diff"},
            {"patch_url", html + ".patch"},
            {"issue_url", url(kApi, "repos/" + spec.repository.full_name() + "/issues/" + number)},
            {"number", spec.number},
            {"state", closed ? "closed" : "open"},
            {"locked", false},
            {"title", spec.title},
            {"user", account(spec.author)},
            {"body", nullptr},
            {"created_at", kTime},
            {"updated_at", kTime},
            {"closed_at", closed ? json::value(kTime) : json::value()},
            {"merged_at", nullptr},
            {"merge_commit_sha", commits.merge},
            {"assignee", nullptr},
            {"assignees", json::array()},
            {"requested_reviewers", json::array()},
            {"requested_teams", json::array()},
            {"labels", json::array()},
            {"milestone", nullptr},
            {"draft", false},
            {"commits_url", api + "/commits"},
            {"statuses_url", url(kApi, "repos/" + spec.repository.full_name() + "/statuses/" + commits.head)},
            {"head", side(spec.head_repository, spec.head_branch, commits.head, spec.head_repository_gone)},
            {"base", side(spec.repository, spec.repository.default_branch, commits.base, false)},
            {"author_association", same ? "MEMBER" : "FIRST_TIME_CONTRIBUTOR"},
            {"auto_merge", nullptr},
            {"active_lock_reason", nullptr},
            {"merged", false},
            {"mergeable", nullptr},
            {"rebaseable", nullptr},
            {"mergeable_state", "unknown"},
            {"merged_by", nullptr},
            {"comments", 0},
            {"review_comments", 0},
            {"maintainer_can_modify", !same},
            {"commits", 1},
            {"additions", 1},
            {"deletions", 1},
            {"changed_files", 1}};
}

json::object commit_object(const std::string& sha) {
    const json::object person = {{"name", "Mona Lisa"}, {"email", "mona@example.com"}, {"username", "mona"}};
    return {{"id", sha},          {"tree_id", "31b122c26a97cf9af023e9ddab94a82c6e77b0ea"},
            {"distinct", true},   {"message", "A change"},
            {"timestamp", kTime}, {"author", person},
            {"committer", person}};
}

json::object push_payload(const Repository& repository, const std::string& ref, const std::string& before,
                          const std::string& after) {
    static const std::string kNone(40, '0');
    json::object payload = {{"ref", ref},
                            {"before", before.empty() ? kNone : before},
                            {"after", after},
                            {"pusher", json::object{{"name", "mona"}, {"email", "mona@example.com"}}},
                            {"created", before.empty()},
                            {"deleted", false},
                            {"forced", false},
                            {"base_ref", nullptr},
                            {"compare", url(kServer, repository.full_name() + "/commit/" + after)},
                            {"commits", json::array{commit_object(after)}},
                            {"head_commit", commit_object(after)}};
    add_common(payload, repository, Account());
    return payload;
}

}  // namespace

Event pull_request(const PullRequestSpec& spec, const Commits& commits) {
    json::object payload = {{"action", spec.action},
                            {"number", spec.number},
                            {"pull_request", pull_request_object(spec, commits)}};
    if (spec.action == "synchronize") {
        payload["before"] = std::string(40, 'a');
        payload["after"] = commits.head;
    }
    add_common(payload, spec.repository, spec.author);
    return {.name = "pull_request",
            .payload = std::move(payload),
            .repository = spec.repository,
            .ref = "refs/pull/" + std::to_string(spec.number) + "/merge",
            .sha = commits.merge,
            .base_ref = spec.repository.default_branch,
            .head_ref = spec.head_branch,
            .actor = spec.author};
}

Event pull_request_target(const PullRequestSpec& spec, const Commits& commits) {
    Event event = pull_request(spec, commits);
    event.name = "pull_request_target";
    event.ref = "refs/heads/" + spec.repository.default_branch;
    event.sha = commits.base;
    return event;
}

PullRequestSpec from_fork(PullRequestSpec spec) {
    spec.author = {.login = "stranger", .id = 7775, .type = "User"};
    spec.head_repository = {.owner = spec.author, .name = spec.repository.name, .id = 991, .fork = true};
    spec.head_branch = "patch-1";
    return spec;
}

PullRequestSpec from_dependabot(PullRequestSpec spec) {
    spec.author = {.login = "dependabot[bot]", .id = 49699333, .type = "Bot"};
    spec.head_branch = "dependabot/docker/alpine-3.22";
    spec.title = "Bump alpine from 3.21 to 3.22";
    spec.action = "opened";
    return spec;
}

Event push(const Repository& repository, const std::string& branch, const Commits& commits) {
    const std::string ref = "refs/heads/" + branch;
    return {.name = "push",
            .payload = push_payload(repository, ref, commits.before, commits.base),
            .repository = repository,
            .ref = ref,
            .sha = commits.base,
            .base_ref = {},
            .head_ref = {},
            .actor = {}};
}

Event push_tag(const Repository& repository, const std::string& tag, const Commits& commits) {
    const std::string ref = "refs/tags/" + tag;
    return {.name = "push",
            .payload = push_payload(repository, ref, {}, commits.base),
            .repository = repository,
            .ref = ref,
            .sha = commits.base,
            .base_ref = {},
            .head_ref = {},
            .actor = {}};
}

Event merge_group(const Repository& repository, int number, const Commits& commits) {
    const std::string ref = "refs/heads/gh-readonly-queue/" + repository.default_branch + "/pr-" +
                            std::to_string(number) + "-" + commits.before;
    json::object payload = {
        {"action", "checks_requested"},
        {"merge_group", json::object{{"head_sha", commits.base},
                                     {"head_ref", ref},
                                     {"base_sha", commits.before},
                                     {"base_ref", "refs/heads/" + repository.default_branch},
                                     {"head_commit", commit_object(commits.base)}}}};
    const Account queue = {.login = "github-merge-queue[bot]", .id = 118344674, .type = "Bot"};
    add_common(payload, repository, queue);
    return {.name = "merge_group",
            .payload = std::move(payload),
            .repository = repository,
            .ref = ref,
            .sha = commits.base,
            .base_ref = {},
            .head_ref = {},
            .actor = queue};
}

Event workflow_dispatch(const Repository& repository, const std::string& branch, const Commits& commits) {
    json::object payload = {
        {"inputs", nullptr}, {"ref", "refs/heads/" + branch}, {"workflow", ".github/workflows/image.yml"}};
    add_common(payload, repository, Account());
    return {.name = "workflow_dispatch",
            .payload = std::move(payload),
            .repository = repository,
            .ref = "refs/heads/" + branch,
            .sha = commits.base,
            .base_ref = {},
            .head_ref = {},
            .actor = {}};
}

Event repository_dispatch(const Repository& repository, const std::string& type, json::object client_payload,
                          const Commits& commits) {
    json::object payload = {{"action", type},
                            {"branch", repository.default_branch},
                            {"client_payload", std::move(client_payload)},
                            {"installation", nullptr}};
    add_common(payload, repository, Account());
    return {.name = "repository_dispatch",
            .payload = std::move(payload),
            .repository = repository,
            .ref = "refs/heads/" + repository.default_branch,
            .sha = commits.base,
            .base_ref = {},
            .head_ref = {},
            .actor = {}};
}

Event schedule(const Repository& repository, const Commits& commits) {
    json::object payload = {{"schedule", "17 3 * * *"}, {"workflow", ".github/workflows/image.yml"}};
    add_common(payload, repository, Account());
    payload.erase("sender");
    return {.name = "schedule",
            .payload = std::move(payload),
            .repository = repository,
            .ref = "refs/heads/" + repository.default_branch,
            .sha = commits.base,
            .base_ref = {},
            .head_ref = {},
            .actor = {}};
}

}  // namespace pr_image::e2e
