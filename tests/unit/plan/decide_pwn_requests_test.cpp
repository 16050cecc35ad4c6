#include "plan/decide.hpp"
#include "plan/handover/pull.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

/// The shapes in which a stranger's pull request comes near secrets: a fork's code on an event that has them
/// ("pwn request"), data that a fork hands to a later, privileged run, and a person's approval that is used
/// for other code than what was looked at.
using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

const InputMap kEverything{
    {"secrets", "api=s3cr3t-1"}, {"secret-files", "file=secret.txt"},
    {"ssh", "default"},          {"password", "s3cr3t-2"},
    {"username", "u"},           {"registry-auth", "registry=docker.io,username=u,password=s3cr3t-3"},
    {"github-token", "s3cr3t-4"}};

Inputs everything(InputMap more = {}) {
    more.insert(kEverything.begin(), kEverything.end());
    return inputs(more);
}

/// The event pull_request_target with another action: `labeled`, `synchronize`, `reopened`.
Event target_event(std::string action, std::string_view head_repository, std::string_view head = kHead) {
    const PullRequestPayload payload{.action = std::move(action),
                                     .head_sha = fmt::format("\"{}\"", head),
                                     .head_repo = std::string(head_repository)};
    return parse_event(context("pull_request_target", "refs/heads/main", kMain, payload.json())).value();
}

void check_nothing_to_steal(const Plan& plan) {
    CHECK(plan.strategy != Strategy::push);
    CHECK_FALSE(plan.grants.has(Grant::push));
    CHECK(plan.build.secrets.empty());
    CHECK(plan.build.ssh.empty());
    CHECK(plan.login_hosts.empty());
    CHECK_FALSE(plan.cache_service);
    CHECK_FALSE(plan.outputs.registry);
    CHECK_FALSE(plan.outputs.given_push);
    CHECK_FALSE(plan.reuse);
    for (const CacheEntry& entry : plan.cache_to)
        CHECK(entry.type == CacheType::local);
}

bool warns(const Plan& plan, std::string_view title) {
    return std::ranges::find(plan.warnings, title, &Warning::title) != plan.warnings.end();
}

}  // namespace

TEST_CASE(
    "pwn request: a fork's head, checked out with secrets at hand, is refused whatever the action says") {
    const std::string action = GENERATE("opened", "synchronize", "reopened", "labeled", "edited", "assigned");
    const std::string_view repository = GENERATE(kFork, std::string_view("null"), std::string_view("{}"));
    CAPTURE(action, repository);
    const Result<Plan> plan =
        decide(target_event(action, repository), everything(), facts_with_checkout(kHead));
    REQUIRE_FALSE(plan);
    CHECK(plan.error().what == "Untrusted code");
    CHECK(plan.error().fix.contains("pull_request"));
}

TEST_CASE("pwn request: a fork's head that the workflow lets in finds nothing to steal") {
    const auto [event, more] = GENERATE(table<Event, InputMap>({
        {target_event("opened", kFork), {}},
        {target_event("labeled", kFork), {}},
        {workflow_run(), {{"pr-number", "7"}, {"sha", kHead}}},
        {issue_comment(), {{"sha", kHead}}},
        {workflow_dispatch(), {{"pr-number", "7"}, {"sha", kHead}}},
    }));
    CAPTURE(event.name);
    InputMap raw = more;
    raw.emplace("untrusted", "build");
    raw.emplace("push", "true");
    raw.emplace("cache-from", "type=gha,scope=main\ntype=registry,ref=ghcr.io/acme/app:cache");
    raw.emplace("cache-to",
                "type=gha,scope=main,mode=max\ntype=registry,ref=ghcr.io/acme/app:cache\ntype=inline\n"
                "type=s3,bucket=b\ntype=local,dest=x");
    raw.emplace("allow", "network.host,security.insecure");
    const Result<Plan> plan = decide(event, everything(raw), facts_with_pull_request(kForkId));
    REQUIRE(plan);
    check_nothing_to_steal(*plan);
    CHECK(plan->build.allow.empty());
    CHECK(warns(*plan, "Entitlements left out"));
    CHECK(warns(*plan, "Secrets left out"));
}

TEST_CASE("an entitlement is given to code that is trusted, and to a fork's where nothing can be stolen") {
    const Event event = GENERATE(same_repository_pull_request(), fork_pull_request(), push_main());
    const Result<Plan> plan = decide(event, inputs({{"allow", "network.host"}}), facts());
    REQUIRE(plan);
    CHECK(plan->build.allow == std::vector<std::string>{"network.host"});
}

TEST_CASE("pwn request: a number or commit that a fork's artifact forges opens nothing") {
    struct Row {
        std::string name;
        InputMap given;
        std::uint64_t head_repository;  ///< of the pull request that is named, by GitHub's word
        std::string checked_out;        ///< empty: the workspace is no checkout
        std::string refusal;
    };
    // Pull request 7 is this repository's own, its head is kHead; kOther is the fork's code.
    const Row row = GENERATE(values<Row>({
        {"its own number", {{"pr-number", "7"}, {"sha", kHead}}, kForkId, kHead, "Untrusted code"},
        {"a trusted number with its own commit",
         {{"pr-number", "7"}, {"sha", kOther}},
         kRepositoryId,
         kOther,
         "Invalid input 'sha'"},
        {"a trusted number and commit, with its own code checked out",
         {{"pr-number", "7"}, {"sha", kHead}},
         kRepositoryId,
         kOther,
         "Wrong commit checked out"},
        {"a trusted number and commit, with its own files and no checkout",
         {{"pr-number", "7"}, {"sha", kHead}},
         kRepositoryId,
         "",
         "Unknown commit in the workspace"},
        {"a short commit that begins as a trusted one",
         {{"pr-number", "7"}, {"sha", "1111111"}},
         kRepositoryId,
         kHead,
         "Invalid input 'sha'"},
        {"a commit without a number", {{"sha", kHead}}, kRepositoryId, kHead, "Unclear pull request"},
        {"a number without a commit", {{"pr-number", "7"}}, kRepositoryId, kHead, "Unclear pull request"},
        {"a pull request whose fork is gone",
         {{"pr-number", "7"}, {"sha", kHead}},
         0,
         kHead,
         "Untrusted code"},
    }));
    CAPTURE(row.name);
    Facts found = facts();
    found.pull_request = pull_request_facts(row.head_repository);
    if (!row.checked_out.empty()) found.checked_out = sha(row.checked_out);
    const Result<Plan> plan = decide(workflow_run(), everything(row.given), found);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().what.starts_with(row.refusal));
}

TEST_CASE("pwn request: a number or commit that is no number or commit is refused before anybody is asked") {
    const auto [name, value] = GENERATE(table<std::string, std::string>({
        {"pr-number", "7; curl evil.example"},
        {"pr-number", "7\n8"},
        {"pr-number", "-7"},
        {"pr-number", "07"},
        {"pr-number", "7/merge"},
        {"pr-number", "../../issues/7"},
        {"pr-number", "1234567890"},
        {"sha", "refs/heads/main"},
        {"sha", "1111111$(id)"},
        {"sha", "111111"},
        {"sha", kHead + "\n" + kOther},
    }));
    CAPTURE(name, value);
    InputMap raw{{"token", "t"}, {"pr-number", "7"}, {"sha", kHead}};
    raw[name] = value;
    const Result<Inputs> parsed = parse_inputs(raw, {}, kPaths);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().what == fmt::format("Invalid input '{}'", name));
}

TEST_CASE("pwn request: GitHub's silence about a pull request is no trust in it") {
    const Event event = GENERATE(workflow_run(), issue_comment(), workflow_dispatch());
    const Result<Plan> plan = decide(event, inputs_for_pull_request(kEverything), facts_with_checkout(kHead));
    REQUIRE_FALSE(plan);
    CHECK(plan.error().what == "Untrusted code");
}

TEST_CASE("pwn request: a head that moved after the label is not built under the label's approval") {
    const Event labeled = target_event("labeled", kFork);
    // What the workflow checks out by branch or refs/pull/7/head is newer than what was labelled.
    const Result<Plan> moved =
        decide(labeled, everything({{"untrusted", "build"}}), facts_with_checkout(kOther));
    REQUIRE_FALSE(moved);
    CHECK(moved.error().what == "Wrong commit checked out");
    const Result<Plan> same =
        decide(labeled, everything({{"untrusted", "build"}}), facts_with_checkout(kHead));
    REQUIRE(same);
    check_nothing_to_steal(*same);
}

TEST_CASE("pwn request: a comment approves the commit that the inputs name and no later one") {
    Facts found = facts_with_checkout(kHead);
    found.pull_request = PullRequestFacts{.head_repository_id = kRepositoryId, .head_sha = sha(kOther)};
    const Result<Plan> plan = decide(issue_comment(), inputs({{"sha", kHead}}), found);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().why.contains("is not the head of pull request #7"));
}

TEST_CASE(
    "pwn request: the base branch that pull_request_target checks out is not named after a pull request") {
    for (const std::string_view repository : {kFork, kSameRepository}) {
        const Result<Plan> plan = decide(target_event("opened", repository),
                                         everything({{"untrusted", "build"}}), facts_with_checkout(kMain));
        REQUIRE_FALSE(plan);
        CHECK(plan.error().what == "Wrong commit checked out");
    }
}

TEST_CASE("pwn request: what runs in the default branch's scope leaves no cache that its builds read") {
    // GitHub gives these events the default branch's cache scope: what they write there, main would read.
    const Event event = GENERATE(target_event("opened", kSameRepository), workflow_run(), issue_comment());
    const std::string cache = GENERATE("gha", "registry");
    CAPTURE(event.name, cache);
    InputMap raw{{"cache", cache}};
    if (event.kind == EventKind::foreign) raw.insert({{"pr-number", "7"}, {"sha", kHead}});
    Facts found = facts_with_pull_request();
    found.cache_service.writes = std::vector<std::string>{"refs/heads/main"};
    const Result<Plan> ours = decide(event, inputs(raw), found);
    REQUIRE(ours);
    // A Dockerfile frontend would be handed the token, whatever the entries say.
    CHECK_FALSE(ours->cache_service);
    const Plan main = decide(push_main(), inputs({{"cache", cache}}), facts()).value();
    const auto place = [](const std::string& entry) { return entry.substr(0, entry.find(",mode=")); };
    const std::vector<std::string> read = texts(main.cache_from);
    CHECK(ours->cache_to.empty() == (cache == "gha"));
    REQUIRE_FALSE(main.cache_from.empty());
    for (const std::string& written : texts(ours->cache_to)) {
        CHECK(std::ranges::find(read, place(written)) == read.end());
        CHECK(written.contains("pr-7"));
    }
}

TEST_CASE("pwn request: pull loads a fork's image under its own names and builds nothing of it") {
    const Result<PullPlan> plan =
        decide_pull(target_event("labeled", kFork), inputs({{"command", "pull"}}), std::nullopt, facts());
    REQUIRE(plan);
    CHECK_FALSE(plan->grants.has(Grant::push));
    CHECK_FALSE(plan->grants.has(Grant::registry_logins));
    CHECK(std::ranges::find(plan->sources, Source::cache) == plan->sources.end());
    for (const Reference& name : plan->built)
        CHECK(name.tag()->string().starts_with("pr-7-"));
}

TEST_CASE("pwn request: no spelling of a tag makes a pull request's image anything else's") {
    const std::string tags = GENERATE(
        "type=raw,value=latest", "latest", "type=raw,value=main", "type=raw,value=v1.2.3", "pr-8-x",
        "type=raw,value={{base_ref}}", "type=raw,value=pr-70", "type=ref,event=pr,prefix=", "type=edge",
        "type=raw,value=latest,enable={{is_not_default_branch}}", "type=sha", "pr-7-x\nbuildcache-main");
    const Event event = GENERATE(same_repository_pull_request(), fork_pull_request(),
                                 target_event("opened", kSameRepository));
    CAPTURE(tags, event.name);
    const Result<Plan> plan = decide(event, inputs({{"tags", tags}}), facts_with_checkout(kHead));
    if (!plan) return;
    for (const Reference& tag : plan->tags)
        CHECK((tag.tag()->string() == "pr-7" || tag.tag()->string().starts_with("pr-7-")));
}
