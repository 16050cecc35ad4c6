#include "plan/who/subject.hpp"

#include "text/try.hpp"

#include <fmt/format.h>

namespace pr_image::plan {

using text::fail;

namespace {

HeadRepository head_repository(const Event& event, const std::optional<PullRequestFacts>& facts) {
    if (!facts) return HeadRepository::unknown;
    if (facts->head_repository_id == 0) return HeadRepository::gone;
    return facts->head_repository_id == event.repository_id ? HeadRepository::same : HeadRepository::other;
}

/// On an event that hands out secrets, input `sha` is somebody's word for a commit. Another commit with the
/// same first digits is made in seconds, and would be built under that word.
Result<void> check_approval(const Event& event, const std::optional<CommitSha>& given) {
    if (!given || given->is_full()) return {};
    return fail(
        "Invalid input 'sha'",
        fmt::format("{} is abbreviated, and on {} it vouches for a commit: others begin with the same digits",
                    given->string(), event.name),
        "Give the whole SHA of the pull request's head, 40 or 64 digits.");
}

Result<Subject> subject_of_inputs(const Event& event, const Inputs& inputs,
                                  const std::optional<PullRequestFacts>& facts) {
    const std::optional<PullRequestNumber> number = inputs.subject.pr_number ? inputs.subject.pr_number
                                                    : event.pull_request
                                                        ? std::optional(event.pull_request->number)
                                                        : std::nullopt;
    if (!number || !inputs.subject.given_sha) {
        return fail(
            fmt::format("Unclear pull request for the event {}", event.name),
            fmt::format("input '{}' is not given, and this event does not say it",
                        number ? "sha" : "pr-number"),
            "Give both inputs pr-number and sha (the pull request's head commit), or run on pull_request.");
    }
    TRY(check_approval(event, inputs.subject.given_sha));
    Subject subject{.number = number, .sha = *inputs.subject.given_sha, .head_sha = inputs.subject.given_sha};
    subject.privileged = true;
    subject.head_repository = head_repository(event, facts);
    if (facts) {
        if (facts->head_sha != subject.sha) {
            return fail(
                "Invalid input 'sha'",
                fmt::format("{} is not the head of pull request #{}, which is {}", subject.sha.string(),
                            number->string(), facts->head_sha.string()),
                "The pull request has moved on, or the number and the commit do not belong together.");
        }
        subject.closed = !facts->open;
    }
    subject.trusted = subject.head_repository == HeadRepository::same;
    return subject;
}

Result<Subject> subject_of_pull_request(const Event& event, const Inputs& inputs) {
    const PullRequest& pull_request = *event.pull_request;
    if (!pull_request.head_sha) {
        return fail("Malformed event.json", fmt::format("the event {} names no head commit", event.name));
    }
    Subject subject{
        .number = pull_request.number, .sha = *pull_request.head_sha, .head_sha = pull_request.head_sha};
    // For pull_request_target GITHUB_SHA is the base branch's commit.
    if (event.kind != EventKind::pull_request_target) subject.merge_sha = event.sha;
    subject.base_ref = pull_request.base_ref;
    subject.closed = pull_request.closed;
    subject.head_repository = pull_request.head_repository;
    subject.trusted = subject.head_repository == HeadRepository::same;
    subject.privileged = event.kind == EventKind::pull_request_target;
    if (subject.privileged) {
        TRY(check_approval(event, inputs.subject.given_sha));
    }

    if (inputs.subject.pr_number && *inputs.subject.pr_number != pull_request.number) {
        return fail("Invalid input 'pr-number'",
                    fmt::format("it is {}, but the event is about pull request #{}",
                                inputs.subject.pr_number->string(), pull_request.number.string()),
                    "Leave it out: the event says the number.");
    }
    if (inputs.subject.sha == ShaChoice::merge) {
        if (!subject.merge_sha) {
            return fail("Invalid input 'sha'", fmt::format("the event {} has no merge commit", event.name),
                        "Use sha: head, or run on pull_request.");
        }
        subject.sha = *subject.merge_sha;
    } else if (inputs.subject.given_sha) {
        const bool is_merge = subject.merge_sha && inputs.subject.given_sha->same_commit(*subject.merge_sha);
        if (!is_merge && !inputs.subject.given_sha->same_commit(*subject.head_sha)) {
            return fail("Invalid input 'sha'",
                        fmt::format("{} is neither the head nor the merge commit of pull request #{}",
                                    inputs.subject.given_sha->string(), pull_request.number.string()),
                        "Leave it out: the event says the commit.");
        }
        if (is_merge) subject.sha = *subject.merge_sha;
    }
    return subject;
}

}  // namespace

bool needs_subject_inputs(const Event& event, const Inputs& inputs) {
    return event.kind == EventKind::foreign ||
           (event.kind == EventKind::ref && inputs.subject.pr_number.has_value());
}

Result<Subject> resolve_subject(const Event& event, const Inputs& inputs,
                                const std::optional<PullRequestFacts>& pull_request) {
    if (needs_subject_inputs(event, inputs)) return subject_of_inputs(event, inputs, pull_request);
    if (event.pull_request) return subject_of_pull_request(event, inputs);
    if (!event.sha) {
        return fail("Missing commit", fmt::format("the event {} comes without GITHUB_SHA", event.name),
                    "Outside GitHub Actions set GITHUB_SHA to the commit that is checked out.");
    }
    if (event.ref.empty()) {
        return fail("Missing ref", fmt::format("the event {} comes without GITHUB_REF", event.name),
                    "Outside GitHub Actions set GITHUB_REF, for example to refs/heads/main.");
    }
    if (inputs.subject.given_sha && !inputs.subject.given_sha->same_commit(*event.sha)) {
        return fail("Invalid input 'sha'",
                    fmt::format("{} is not the commit {} of the event {}", inputs.subject.given_sha->string(),
                                event.sha->string(), event.name),
                    "Leave it out, or give pr-number too when it is a pull request's head.");
    }
    return Subject{
        .number = {}, .sha = *event.sha, .head_sha = event.sha, .trusted = true, .privileged = false};
}

}  // namespace pr_image::plan
