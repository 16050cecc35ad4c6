#include "plan/who/subject.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

Result<Subject> subject(const Event& event, const Inputs& inputs = {},
                        const std::optional<PullRequestFacts>& pull_request = {}) {
    return resolve_subject(event, inputs, pull_request);
}

}  // namespace

TEST_CASE("a pull request's image is named after its head, or its merge where that is asked for") {
    const auto [event, wish, named] = GENERATE(table<Event, std::string, std::string>({
        {same_repository_pull_request(), "", kHead},
        {same_repository_pull_request(), "head", kHead},
        {same_repository_pull_request(), "merge", kMerge},
        {same_repository_pull_request(), kHead, kHead},
        {same_repository_pull_request(), "1111111", kHead},
        {same_repository_pull_request(), kMerge, kMerge},
        {same_repository_pull_request(), "2222222", kMerge},
        {fork_pull_request(), "merge", kMerge},
        {pull_request_target(kSameRepository), "", kHead},
        {merge_group(), "", kMerge},
        {merge_group(), "merge", kMerge},
        {merge_group(), kMerge, kMerge},
    }));
    CAPTURE(event.name, wish);
    const Result<Subject> found = subject(event, inputs({{"sha", wish}}));
    REQUIRE(found);
    CHECK(found->number == number("7"));
    CHECK(found->sha == sha(named));
}

TEST_CASE("a sha that is not the event's is refused") {
    const auto [event, wish] = GENERATE(table<Event, std::string>({
        {same_repository_pull_request(), kOther},
        {same_repository_pull_request(), "4444444"},
        {pull_request_target(kSameRepository), "merge"},
        {pull_request_target(kSameRepository), kMain},
        {merge_group(), kHead},
        {push_main(), kOther},
        {push_git_tag("v1"), kHead},
        {workflow_dispatch(), kHead},
    }));
    CAPTURE(event.name, wish);
    const Result<Subject> found = subject(event, inputs({{"sha", wish}}));
    REQUIRE_FALSE(found);
    CHECK(found.error().what == "Invalid input 'sha'");
    CHECK_FALSE(found.error().fix.empty());
}

TEST_CASE("a pr-number that is not the event's is refused") {
    const Event event = GENERATE(same_repository_pull_request(), pull_request_target(kFork), merge_group());
    CHECK(subject(event, inputs({{"pr-number", "7"}})));
    CHECK(subject(event, inputs({{"pr-number", "8"}})).error().what == "Invalid input 'pr-number'");
}

TEST_CASE("whose code it is and what the event hands out decide how far it is trusted") {
    const auto [event, head, trusted, privileged] = GENERATE(table<Event, HeadRepository, bool, bool>({
        {same_repository_pull_request(), HeadRepository::same, true, false},
        {dependabot_pull_request(), HeadRepository::same, true, false},
        {fork_pull_request(), HeadRepository::other, false, false},
        {deleted_fork_pull_request(), HeadRepository::gone, false, false},
        {parse_event(pull_request_context({.head_repo = "{}"})).value(), HeadRepository::unknown, false,
         false},
        {pull_request_target(kSameRepository), HeadRepository::same, true, true},
        {pull_request_target(kFork), HeadRepository::other, false, true},
        {pull_request_target("null"), HeadRepository::gone, false, true},
        {merge_group(), HeadRepository::same, true, false},
        {push_main(), HeadRepository::same, true, false},
        {push_branch(), HeadRepository::same, true, false},
        {push_git_tag("v1.2.3"), HeadRepository::same, true, false},
        {schedule(), HeadRepository::same, true, false},
        {workflow_dispatch(), HeadRepository::same, true, false},
    }));
    CAPTURE(event.name);
    const Result<Subject> found = subject(event);
    REQUIRE(found);
    CHECK(found->head_repository == head);
    CHECK(found->trusted == trusted);
    CHECK(found->privileged == privileged);
}

TEST_CASE("only a closed pull request is closed") {
    CHECK(subject(closed_pull_request())->closed);
    CHECK_FALSE(subject(same_repository_pull_request())->closed);
    CHECK_FALSE(subject(merge_group())->closed);
}

TEST_CASE("a run on a branch or git tag has its commit and no number") {
    const Event event =
        GENERATE(push_main(), push_branch(), push_git_tag("v1.2.3"), schedule(), workflow_dispatch(),
                 on_ref("release", "refs/tags/v1"), on_ref("repository_dispatch", "refs/heads/main"));
    const std::string wish = GENERATE("", "head", "merge", kMain.c_str(), "3333333");
    CAPTURE(event.name, wish);
    const Result<Subject> found = subject(event, inputs({{"sha", wish}}));
    REQUIRE(found);
    CHECK_FALSE(found->number);
    CHECK(found->sha == sha(kMain));
    CHECK(found->head_sha == sha(kMain));
}

TEST_CASE("a run on a ref that lacks commit or ref says what to set") {
    EventContext given = context("push", "", kMain, "");
    CHECK(message(subject(parse_event(given).value())).contains("GITHUB_REF"));
    given.ref = "refs/heads/main";
    given.sha = "";
    CHECK(message(subject(parse_event(given).value())).contains("GITHUB_SHA"));
}

TEST_CASE("an event that does not say its pull request needs pr-number and sha") {
    const auto [event, raw, missing] = GENERATE(table<Event, InputMap, std::string>({
        {workflow_run(), {}, "pr-number"},
        {workflow_run(), {{"sha", kHead}}, "pr-number"},
        {workflow_run(), {{"pr-number", "7"}}, "sha"},
        {workflow_run(), {{"pr-number", "7"}, {"sha", "merge"}}, "sha"},
        {issue_comment(), {}, "sha"},
        {on_ref("pull_request_review", "refs/pull/7/merge"), {}, "pr-number"},
        {on_ref("an_event_of_next_year", "refs/heads/main"), {}, "pr-number"},
        {workflow_dispatch(), {{"pr-number", "7"}}, "sha"},
        {schedule(), {{"pr-number", "7"}}, "sha"},
    }));
    CAPTURE(event.name, raw);
    const Inputs given = inputs(raw);
    CHECK(needs_subject_inputs(event, given));
    const Result<Subject> found = subject(event, given);
    REQUIRE_FALSE(found);
    CHECK(found.error().why.contains("'" + missing + "'"));
    CHECK(found.error().what.contains(event.name));
}

TEST_CASE("an event that says its pull request needs no inputs") {
    const Event event = GENERATE(same_repository_pull_request(), pull_request_target(kFork), merge_group(),
                                 push_main(), schedule());
    CHECK_FALSE(needs_subject_inputs(event, inputs()));
}

TEST_CASE("a pull request named by inputs is trusted only as far as GitHub's API vouches for it") {
    const auto [facts, head] = GENERATE(table<std::optional<PullRequestFacts>, HeadRepository>({
        {std::nullopt, HeadRepository::unknown},
        {pull_request_facts(kRepositoryId), HeadRepository::same},
        {pull_request_facts(kForkId), HeadRepository::other},
        {pull_request_facts(0), HeadRepository::gone},
    }));
    const Event event = GENERATE(workflow_run(), issue_comment(), workflow_dispatch());
    CAPTURE(event.name);
    const Result<Subject> found = subject(event, inputs_for_pull_request(), facts);
    REQUIRE(found);
    CHECK(found->number == number("7"));
    CHECK(found->sha == sha(kHead));
    CHECK(found->head_sha == sha(kHead));
    CHECK(found->privileged);
    CHECK(found->head_repository == head);
    CHECK(found->trusted == (head == HeadRepository::same));
}

TEST_CASE("a head repository of id 0 is never this one, not even where this one's id is unknown") {
    Event event = workflow_run();
    event.repository_id = 0;
    CHECK_FALSE(subject(event, inputs_for_pull_request(), pull_request_facts(0))->trusted);
}

TEST_CASE("a sha that is not the pull request's head is stale or forged") {
    const std::string wish = GENERATE(kOther.c_str(), kMain.c_str(), kMerge.c_str());
    const Result<Subject> found =
        subject(workflow_run(), inputs_for_pull_request({{"sha", wish}}), pull_request_facts());
    REQUIRE_FALSE(found);
    CHECK(found.error().what == "Invalid input 'sha'");
    CHECK(found.error().why.contains(kHead));
}

TEST_CASE(
    "an abbreviated sha approves no commit: another that begins with the same digits is made in seconds") {
    const std::string wish = GENERATE_COPY(kHead.substr(0, 7), kHead.substr(0, 12), kHead.substr(0, 39),
                                           kHead + "1", kHead + std::string(23, '1'));
    const Event event = GENERATE(workflow_run(), issue_comment(), workflow_dispatch(), schedule(),
                                 pull_request_target(kFork), pull_request_target(kSameRepository));
    CAPTURE(event.name, wish);
    const InputMap raw = event.kind == EventKind::pull_request_target
                             ? InputMap{{"sha", wish}}
                             : InputMap{{"pr-number", "7"}, {"sha", wish}};
    for (const std::string_view command : {"build", "merge", "pull"}) {
        InputMap with_command = raw;
        with_command.emplace("command", command);
        const Result<Subject> found = subject(event, inputs(with_command), pull_request_facts(kForkId));
        REQUIRE_FALSE(found);
        CHECK(found.error().what == "Invalid input 'sha'");
        CHECK(found.error().fix.contains("whole SHA"));
    }
    InputMap whole = raw;
    whole["sha"] = kHead;
    CHECK(subject(event, inputs(whole), pull_request_facts(kForkId)));
}

TEST_CASE("a head that only begins as the approved commit is not the approved one") {
    PullRequestFacts moved = pull_request_facts(kForkId);
    moved.head_sha = sha(kHead + std::string(24, '0'));
    CHECK_FALSE(subject(workflow_run(), inputs_for_pull_request(), moved));
}

TEST_CASE("a pull request that GitHub's API calls closed is closed") {
    PullRequestFacts closed = pull_request_facts();
    closed.open = false;
    CHECK(subject(workflow_run(), inputs_for_pull_request(), closed)->closed);
    CHECK_FALSE(subject(workflow_run(), inputs_for_pull_request(), pull_request_facts())->closed);
}
