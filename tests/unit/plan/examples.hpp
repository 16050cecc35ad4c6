#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/parse_inputs.hpp"
#include "plan/who/event.hpp"
#include "plan/who/grants.hpp"
#include "plan/who/subject.hpp"
#include "support/text_paths.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Events, inputs and facts as they come in practice: the events are parsed from payloads of GitHub's shape,
/// the inputs from what the runner passes, so that no test starts from a value that cannot exist.
namespace pr_image::plan::examples {

inline const std::string kHead = "1111111111111111111111111111111111111111";
inline const std::string kMerge = "2222222222222222222222222222222222222222";
inline const std::string kMain = "3333333333333333333333333333333333333333";
inline const std::string kOther = "4444444444444444444444444444444444444444";
inline const std::string kWorkspace = "/github/workspace";
/// Opens every path that its text allows.
inline const support::TextPaths kPaths(kWorkspace);
inline constexpr std::uint64_t kRepositoryId = 1000;
inline constexpr std::uint64_t kForkId = 2000;

inline CommitSha sha(std::string_view text) {
    return CommitSha::parse(text).value();
}

inline PullRequestNumber number(std::string_view text) {
    return PullRequestNumber::parse(text).value();
}

inline ImageName image(std::string_view name = "ghcr.io/acme/app") {
    return ImageName::parse(name).value();
}

inline CacheEntry cache(std::string_view entry, CacheDirection direction = CacheDirection::from) {
    return parse_cache(entry, direction, kPaths).value().front();
}

inline CacheEntry cache_to(std::string_view entry) {
    return cache(entry, CacheDirection::to);
}

inline OutputEntry output(std::string_view entry) {
    return parse_output(entry, kPaths).value();
}

/// What buildx gets of entries.
template <typename Entry>
std::vector<std::string> texts(const std::vector<Entry>& entries) {
    std::vector<std::string> all;
    for (const Entry& entry : entries)
        all.push_back(entry.text());
    return all;
}

inline Digest digest(char hex_digit = 'd') {
    return Digest::parse("sha256:" + std::string(64, hex_digit)).value();
}

// Payloads

inline constexpr std::string_view kRepository =
    R"({"id":1000,"full_name":"Acme/App","default_branch":"main","private":false,)"
    R"("description":"An app","license":{"spdx_id":"MIT"}})";
inline constexpr std::string_view kSameRepository = R"({"id":1000,"fork":false})";
inline constexpr std::string_view kFork = R"({"id":2000,"fork":true})";

/// What differs between the pull requests that GitHub tells of.
struct PullRequestPayload {
    std::string action = "synchronize";
    std::string number = "7";
    std::string head_sha = "\"1111111111111111111111111111111111111111\"";
    std::string head_ref = "\"feature/x\"";
    std::string head_repo = std::string(kSameRepository);
    std::string base_ref = "\"main\"";
    std::string repository = std::string(kRepository);

    [[nodiscard]] std::string json() const {
        return fmt::format(
            R"({{"action":"{}","number":{},"pull_request":{{"number":{},"head":{{"sha":{},"ref":{},"repo":{}}},)"
            R"("base":{{"ref":{}}}}},"repository":{}}})",
            action, number, number, head_sha, head_ref, head_repo, base_ref, repository);
    }
};

inline EventContext context(std::string name, std::string ref, std::string commit, std::string payload) {
    return {.event_name = std::move(name),
            .payload = std::move(payload),
            .repository = "Acme/App",
            .repository_id = "1000",
            .ref = std::move(ref),
            .sha = std::move(commit),
            .actor = "octocat",
            .run_id = "555",
            .run_attempt = "1",
            .server_url = "https://github.com",
            .workspace = kWorkspace};
}

inline EventContext pull_request_context(const PullRequestPayload& payload = {}) {
    return context("pull_request", "refs/pull/7/merge", kMerge, payload.json());
}

inline std::string repository_payload() {
    return fmt::format(R"({{"repository":{}}})", kRepository);
}

// Events

inline Event same_repository_pull_request() {
    return parse_event(pull_request_context()).value();
}

inline Event fork_pull_request() {
    return parse_event(pull_request_context({.head_repo = std::string(kFork)})).value();
}

inline Event deleted_fork_pull_request() {
    return parse_event(pull_request_context({.head_repo = "null"})).value();
}

inline Event closed_pull_request() {
    return parse_event(pull_request_context({.action = "closed"})).value();
}

inline Event dependabot_pull_request() {
    EventContext given = pull_request_context({.head_ref = "\"dependabot/npm_and_yarn/left-pad-1.3.0\""});
    given.actor = "dependabot[bot]";
    return parse_event(given).value();
}

/// pull_request_target: GITHUB_SHA and GITHUB_REF are the base branch's.
inline Event pull_request_target(std::string_view head_repository) {
    const PullRequestPayload payload{.head_repo = std::string(head_repository)};
    return parse_event(context("pull_request_target", "refs/heads/main", kMain, payload.json())).value();
}

inline Event merge_group(std::string_view base = "main") {
    const std::string ref = fmt::format("refs/heads/gh-readonly-queue/{}/pr-7-{}", base, kMain);
    const std::string payload = fmt::format(
        R"({{"action":"checks_requested","merge_group":{{"head_sha":"{}","head_ref":"{}","base_ref":"refs/heads/{}"}},)"
        R"("repository":{}}})",
        kMerge, ref, base, kRepository);
    return parse_event(context("merge_group", ref, kMerge, payload)).value();
}

/// An event that acts on a ref: push, workflow_dispatch, release, repository_dispatch.
inline Event on_ref(std::string name, std::string ref) {
    return parse_event(context(std::move(name), std::move(ref), kMain, repository_payload())).value();
}

inline Event push_main() {
    return on_ref("push", "refs/heads/main");
}

inline Event push_branch(std::string_view branch = "feature/x") {
    return on_ref("push", fmt::format("refs/heads/{}", branch));
}

inline Event push_git_tag(std::string_view tag) {
    return on_ref("push", fmt::format("refs/tags/{}", tag));
}

/// GitHub's payload of a schedule has no repository in it.
inline Event schedule() {
    return parse_event(context("schedule", "refs/heads/main", kMain, R"({"schedule":"0 3 * * *"})")).value();
}

inline Event workflow_dispatch() {
    return on_ref("workflow_dispatch", "refs/heads/main");
}

inline Event workflow_run() {
    return on_ref("workflow_run", "refs/heads/main");
}

inline Event issue_comment() {
    const std::string payload = fmt::format(
        R"({{"action":"created","issue":{{"number":7,"pull_request":{{"url":"…"}}}},"repository":{}}})",
        kRepository);
    return parse_event(context("issue_comment", "refs/heads/main", kMain, payload)).value();
}

// Inputs

/// Each as `name=source`.
inline std::vector<std::string> strings(const std::vector<NamedContext>& contexts) {
    std::vector<std::string> list;
    for (const NamedContext& context : contexts)
        list.push_back(context.string());
    return list;
}

inline Inputs inputs(const InputMap& raw = {}, const InputMap& environment = {}) {
    InputMap with_token{{"token", "ghs_token"}};
    for (const auto& [name, value] : raw)
        with_token[name] = value;
    return parse_inputs(with_token, environment, kPaths).value();
}

/// What the events that name no pull request need: `pr-number: 7` and `sha: <the head>`.
inline Inputs inputs_for_pull_request(InputMap raw = {}) {
    raw.emplace("pr-number", "7");
    raw.emplace("sha", kHead);
    return inputs(raw);
}

// Facts

/// A machine on which every look ends well.
inline Facts facts(std::string_view image_name = "ghcr.io/acme/app") {
    Facts found{.probed = true,
                .engine = EngineFacts{"28.5.2", "linux/amd64", true},
                .engine_problem = {},
                .buildx = BuildxFacts{"0.29.1", true},
                .push = {},
                .cache_service = {.readable = true, .writable = true},
                .checked_out = {},
                .existing = {},
                .pull_request = {},
                .builder_driver = {},
                .now = "2026-01-02T03:04:05Z"};
    found.push[std::string(image_name)] = {PushAccess::accepted, ""};
    return found;
}

inline Facts facts_with_push(PushAccess access, std::string why) {
    Facts found = facts();
    found.push["ghcr.io/acme/app"] = {access, std::move(why)};
    return found;
}

inline Facts facts_with_checkout(std::string_view commit) {
    Facts found = facts();
    found.checked_out = sha(commit);
    return found;
}

inline Facts facts_without_containerd_store() {
    Facts found = facts();
    found.engine->containerd_image_store = false;
    return found;
}

/// What GitHub's API says of pull request 7.
inline PullRequestFacts pull_request_facts(std::uint64_t head_repository_id = kRepositoryId) {
    return {.head_repository_id = head_repository_id, .head_sha = sha(kHead), .open = true};
}

/// And its head is checked out.
inline Facts facts_with_pull_request(std::uint64_t head_repository_id = kRepositoryId) {
    Facts found = facts_with_checkout(kHead);
    found.pull_request = pull_request_facts(head_repository_id);
    return found;
}

/// What the registry answers about a tag that is there.
inline ExistingImage existing_image(std::map<std::string, std::string> labels = {}) {
    return {.digest = digest('e'), .config = digest('c'), .labels = std::move(labels)};
}

/// What a run for this event is granted, as GitHub's API describes its pull request where it is asked.
inline Grants grants_for(const Event& event, const Inputs& given = inputs(),
                         const std::optional<PullRequestFacts>& pull_request = {}) {
    return grants_of(event, resolve_subject(event, given, pull_request).value(), given.strategy);
}

/// A fork's pull request on an event that has secrets, which the workflow lets in.
inline Grants grants_for_fork_let_in() {
    return grants_for(pull_request_target(kFork), inputs({{"untrusted", "build"}}));
}

// Looking at results

inline std::vector<std::string> strings(const std::vector<Tag>& tags) {
    std::vector<std::string> names;
    for (const Tag& tag : tags)
        names.push_back(tag.string());
    return names;
}

/// The whole message of a result's error, or "" when there is none.
template <typename T>
std::string message(const Result<T>& result) {
    return result ? std::string() : text::to_string(result.error());
}

}  // namespace pr_image::plan::examples
