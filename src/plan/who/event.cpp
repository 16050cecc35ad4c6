#include "plan/who/event.hpp"

#include "text/json.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pr_image::plan {

using boost::json::value;
using text::fail;
using text::find_json;
using text::json_number;
using text::json_string;
using text::printable;

namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kTags = "refs/tags/";
constexpr std::size_t kLongestLine = 1024;

EventKind kind_of(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, EventKind>, 8> kinds{{
        {"pull_request", EventKind::pull_request},
        {"pull_request_target", EventKind::pull_request_target},
        {"merge_group", EventKind::merge_group},
        {"push", EventKind::ref},
        {"schedule", EventKind::ref},
        {"workflow_dispatch", EventKind::ref},
        {"release", EventKind::ref},
        {"repository_dispatch", EventKind::ref},
    }};
    const auto* found = std::ranges::find(kinds, name, &std::pair<std::string_view, EventKind>::first);
    return found == kinds.end() ? EventKind::foreign : found->second;
}

std::unexpected<Error> bad_field(std::string_view field, const Error& cause) {
    return fail(fmt::format("Invalid event field '{}'", field), cause.why,
                "The run stops before it uses the event. If you made event.json by hand, correct it.");
}

Result<std::string> parse_repository(std::string_view name) {
    const auto allowed = [](char c) { return text::is_word(c) || c == '.' || c == '-'; };
    const std::vector<std::string_view> parts = text::split(name, '/');
    const bool shaped = parts.size() == 2 && std::ranges::all_of(parts, [&](std::string_view part) {
                            return !part.empty() && part.size() <= 100 && part != "." && part != ".." &&
                                   std::ranges::all_of(part, allowed);
                        });
    if (!shaped) {
        return fail("Invalid repository", fmt::format("'{}' is not owner/name", printable(name)),
                    "Outside GitHub Actions set GITHUB_REPOSITORY=owner/name.");
    }
    return std::string(name);
}

Result<std::string> parse_digits(std::string_view field, std::string_view digits,
                                 std::string_view otherwise) {
    if (digits.empty()) return std::string(otherwise);
    if (digits.size() > 20 || !std::ranges::all_of(digits, text::is_digit)) {
        return fail(fmt::format("Invalid {}", field), fmt::format("'{}' is not a number", printable(digits)));
    }
    return std::string(digits);
}

/// Names of people and branches are data all the way, yet they end up in labels, cache scopes and headers: no
/// control characters, valid UTF-8, bounded.
Result<std::string> parse_line(std::string_view field, std::string_view line) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (line.size() > kLongestLine || !text::is_utf8(line) || std::ranges::any_of(line, control)) {
        return bad_field(field, Error{"", fmt::format("'{}' is not one line of text", printable(line)), ""});
    }
    return std::string(line);
}

Result<std::string> parse_server_url(std::string_view url) {
    if (url.empty()) return "https://github.com";
    Result<std::string> line = parse_line("server URL", url);
    if (!line) return line;
    if (!line->starts_with("https://") && !line->starts_with("http://")) {
        return fail("Invalid server URL", fmt::format("'{}' is not http(s)://host", printable(url)),
                    "Outside GitHub Actions leave GITHUB_SERVER_URL out.");
    }
    while (line->ends_with('/'))
        line->pop_back();
    return line;
}

Result<std::optional<CommitSha>> parse_sha(std::string_view field, std::string_view sha) {
    if (sha.empty()) return std::nullopt;
    Result<CommitSha> parsed = CommitSha::parse(sha);
    if (!parsed) return bad_field(field, parsed.error());
    return *std::move(parsed);
}

/// GitHub sends numbers as JSON numbers. A string in their place is shape-checked all the same, never guessed
/// at.
Result<PullRequestNumber> parse_number(const value& payload, std::string_view path) {
    const value* found = find_json(payload, path);
    std::string shown = "nothing";
    if (found != nullptr) {
        const auto number = json_number(payload, path);
        shown = number               ? std::to_string(*number)
                : found->is_string() ? json_string(payload, path)
                                     : "no number";
    }
    Result<PullRequestNumber> parsed = PullRequestNumber::parse(shown);
    if (!parsed) return bad_field(path, parsed.error());
    return parsed;
}

HeadRepository head_repository(const value& payload, std::string_view path, std::uint64_t base_id) {
    if (find_json(payload, path) == nullptr) return HeadRepository::gone;
    const auto id = json_number(payload, fmt::format("{}.id", path));
    if (!id || base_id == 0) return HeadRepository::unknown;
    return *id == base_id ? HeadRepository::same : HeadRepository::other;
}

Result<PullRequest> parse_pull_request(const value& payload, std::uint64_t repository_id) {
    if (find_json(payload, "pull_request") == nullptr) {
        return fail("Malformed event.json", "it has no pull_request, although the event is about one");
    }
    TRY_ASSIGN(PullRequestNumber number, parse_number(payload, "pull_request.number"));
    PullRequest pull_request{.number = number, .head_sha = {}, .head_ref = {}, .base_ref = {}};
    TRY_ASSIGN(std::optional<CommitSha> sha,
               parse_sha("pull_request.head.sha", json_string(payload, "pull_request.head.sha")));
    if (!sha) return fail("Malformed event.json", "pull_request.head.sha is missing");
    pull_request.head_sha = sha;
    TRY_ASSIGN(pull_request.head_ref,
               parse_line("pull_request.head.ref", json_string(payload, "pull_request.head.ref")));
    TRY_ASSIGN(pull_request.base_ref,
               parse_line("pull_request.base.ref", json_string(payload, "pull_request.base.ref")));
    pull_request.head_repository = head_repository(payload, "pull_request.head.repo", repository_id);
    pull_request.closed = json_string(payload, "action") == "closed";
    return pull_request;
}

/// The queue's branch is gh-readonly-queue/<base>/pr-<N>-<sha>; base may itself contain slashes.
Result<PullRequest> parse_merge_group(const value& payload, std::string_view ref) {
    std::string queue_ref = json_string(payload, "merge_group.head_ref");
    if (queue_ref.empty()) queue_ref = ref;
    const std::string_view last = std::string_view(queue_ref).substr(queue_ref.rfind('/') + 1);
    const std::size_t dash = last.find('-', 3);
    if (!last.starts_with("pr-") || dash == std::string_view::npos ||
        !CommitSha::parse(last.substr(dash + 1))) {
        return fail("Invalid merge queue ref",
                    fmt::format("'{}' does not end in pr-<number>-<sha>", printable(queue_ref)));
    }
    Result<PullRequestNumber> number = PullRequestNumber::parse(last.substr(3, dash - 3));
    if (!number) return bad_field("merge_group.head_ref", number.error());
    PullRequest pull_request{.number = *number, .head_sha = {}, .head_ref = {}, .base_ref = {}};
    TRY_ASSIGN(std::optional<CommitSha> sha,
               parse_sha("merge_group.head_sha", json_string(payload, "merge_group.head_sha")));
    pull_request.head_sha = sha;
    const std::string base = json_string(payload, "merge_group.base_ref");
    TRY_ASSIGN(
        pull_request.base_ref,
        parse_line("merge_group.base_ref", base.starts_with(kHeads) ? base.substr(kHeads.size()) : base));
    pull_request.head_repository = HeadRepository::same;
    return pull_request;
}

/// A foreign event never says all that a build needs. The number of a commented pull request is the one thing
/// that is worth taking from it; GitHub's API says the rest, because what a payload carries over from a fork
/// can be forged.
Result<std::optional<PullRequest>> parse_foreign(const value& payload) {
    if (find_json(payload, "issue.pull_request") == nullptr) return std::nullopt;
    TRY_ASSIGN(PullRequestNumber number, parse_number(payload, "issue.number"));
    return PullRequest{.number = number, .head_sha = {}, .head_ref = {}, .base_ref = {}};
}

/// A push describes its commits; anything that is no time, or of another commit, says nothing.
std::optional<text::Timestamp> commit_date(const Event& event, const value& payload) {
    const auto date_of = [&](const value& commit) -> std::optional<text::Timestamp> {
        if (!event.sha || json_string(commit, "id") != event.sha->string()) return std::nullopt;
        const Result<text::Timestamp> date = text::parse_timestamp(json_string(commit, "timestamp"));
        return date ? std::optional(*date) : std::nullopt;
    };
    if (const value* commits = find_json(payload, "commits"); commits != nullptr && commits->is_array()) {
        for (const value& commit : commits->get_array()) {
            if (const auto date = date_of(commit)) return date;
        }
    }
    const value* head = find_json(payload, "head_commit");
    return head == nullptr ? std::nullopt : date_of(*head);
}

Result<void> parse_payload(Event& event, const value& payload) {
    if (const auto id = json_number(payload, "repository.id")) event.repository_id = *id;
    TRY_ASSIGN(event.default_branch,
               parse_line("repository.default_branch", json_string(payload, "repository.default_branch")));
    TRY_ASSIGN(std::string base, parse_line("base_ref", json_string(payload, "base_ref")));
    if (!event.git_tag().empty()) {
        event.tag_base_ref = base.starts_with(kHeads) ? base.substr(kHeads.size()) : base;
    }
    event.commit_date = commit_date(event, payload);
    const value* is_private = find_json(payload, "repository.private");
    event.private_repository = is_private != nullptr && is_private->is_bool() && is_private->get_bool();
    event.owner_type = json_string(payload, "repository.owner.type");
    event.description = json_string(payload, "repository.description");
    event.license = json_string(payload, "repository.license.spdx_id");

    switch (event.kind) {
        case EventKind::pull_request:
        case EventKind::pull_request_target: {
            TRY_ASSIGN(event.pull_request, parse_pull_request(payload, event.repository_id));
            break;
        }
        case EventKind::merge_group: {
            TRY_ASSIGN(event.pull_request, parse_merge_group(payload, event.ref));
            if (!event.pull_request->head_sha) event.pull_request->head_sha = event.sha;
            break;
        }
        case EventKind::foreign: {
            TRY_ASSIGN(event.pull_request, parse_foreign(payload));
            break;
        }
        case EventKind::ref:
            break;
    }
    return {};
}

std::string_view after(std::string_view ref, std::string_view prefix) {
    return ref.starts_with(prefix) ? ref.substr(prefix.size()) : std::string_view();
}

/// The fields that the runner passes in the environment.
Result<Event> parse_context(const EventContext& context) {
    Event event;
    event.name = context.event_name;
    const auto name_allowed = [](char c) { return text::is_lower_alnum(c) || c == '_'; };
    if (event.name.empty() || event.name.size() > 64 || !std::ranges::all_of(event.name, name_allowed)) {
        return fail("Invalid event name", fmt::format("'{}' is no GitHub event", printable(event.name)),
                    "Outside GitHub Actions set GITHUB_EVENT_NAME, for example to pull_request.");
    }
    event.kind = kind_of(event.name);
    TRY_ASSIGN(event.repository, parse_repository(context.repository));
    TRY_ASSIGN(event.ref, parse_line("ref", context.ref));
    TRY_ASSIGN(event.sha, parse_sha("sha", context.sha));
    TRY_ASSIGN(std::string id, parse_digits("repository id", context.repository_id, "0"));
    event.repository_id = text::parse_number<std::uint64_t>(id).value_or(0);
    TRY_ASSIGN(event.run_id, parse_digits("run id", context.run_id, "0"));
    TRY_ASSIGN(event.run_attempt, parse_digits("run attempt", context.run_attempt, "1"));
    TRY_ASSIGN(event.actor, parse_line("actor", context.actor));
    TRY_ASSIGN(event.server_url, parse_server_url(context.server_url));
    event.workspace = context.workspace;
    return event;
}

}  // namespace

std::string_view Event::branch() const {
    return after(ref, kHeads);
}
std::string_view Event::git_tag() const {
    return after(ref, kTags);
}
bool Event::on_default_branch() const {
    return !branch().empty() && branch() == default_branch;
}

Result<Event> parse_event(const EventContext& context) {
    Result<Event> event = parse_context(context);
    if (!event) return event;
    const bool needs_payload = event->kind != EventKind::ref;
    if (context.payload.empty() && needs_payload) {
        return fail("Missing event.json", fmt::format("the event {} is described only there", event->name),
                    "Outside GitHub Actions set GITHUB_EVENT_PATH to a file with the event's payload.");
    }
    if (!context.payload.empty()) {
        TRY_ASSIGN(value payload, text::parse_json(context.payload, "event.json"));
        if (!payload.is_object()) return fail("Malformed event.json", "it is not a JSON object");
        TRY(parse_payload(*event, payload));
    }
    // A schedule runs on the default branch only, and its payload is the one that does not say which that is.
    if (event->name == "schedule" && event->default_branch.empty()) event->default_branch = event->branch();
    return event;
}

}  // namespace pr_image::plan
