#include "plan/who/grants.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <type_traits>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using enum Grant;
using GrantList = std::vector<Grant>;

/// A row of the table: what one kind of code gets, and nothing else.
struct Expected {
    std::string kind;
    GrantList given;
    ServiceCache service;
    CheckoutCredentials checkout;
};

const GrantList kTrusted{build,          push,         registry_logins, signing,
                         build_secrets,  ssh,          git_token,       known_secrets,
                         entitlements,   host_network, builder_options, shared_cache_write,
                         artifact_upload};

GrantList with(GrantList grants, Grant more) {
    grants.push_back(more);
    return grants;
}

const Expected kRef{"branch, tag, queue", with(kTrusted, unproven_checkout), ServiceCache::of_ref,
                    CheckoutCredentials::warned_in_context};
const Expected kOwn{"own pull request", with(kTrusted, unproven_checkout), ServiceCache::own,
                    CheckoutCredentials::warned_in_context};
const Expected kOwnNearSecrets{"own pull request on a privileged event", kTrusted, ServiceCache::own,
                               CheckoutCredentials::warned_in_context};
const Expected kForkCode{
    "fork",
    {build, unproven_checkout, entitlements, host_network, builder_options, artifact_upload},
    ServiceCache::own_when_asked,
    CheckoutCredentials::warned};
const Expected kLetIn{
    "fork that is let in", {build, artifact_upload}, ServiceCache::none, CheckoutCredentials::refused};
const Expected kRefused{
    "fork that is not let in", {artifact_upload}, ServiceCache::none, CheckoutCredentials::refused};

const InputMap kLet{{"untrusted", "build"}};
const InputMap kNamed{{"pr-number", "7"}, {"sha", kHead}};
const InputMap kLetNamed{{"untrusted", "build"}, {"pr-number", "7"}, {"sha", kHead}};

/// What GitHub's API says of the pull request, where it is asked.
std::optional<PullRequestFacts> head_in(std::uint64_t repository) {
    return pull_request_facts(repository);
}

struct Shape {
    std::string what;
    Event event;
    InputMap raw;
    std::optional<PullRequestFacts> api;
    Expected expected;
};

Event unknown_head() {
    return parse_event(pull_request_context({.head_repo = "{}"})).value();
}

std::vector<Shape> shapes() {
    return {
        {"pull_request", same_repository_pull_request(), {}, {}, kOwn},
        {"pull_request, untrusted: build", same_repository_pull_request(), kLet, {}, kOwn},
        {"pull_request of Dependabot", dependabot_pull_request(), {}, {}, kOwn},
        {"pull_request, closed", closed_pull_request(), {}, {}, kOwn},
        {"pull_request of a fork", fork_pull_request(), {}, {}, kForkCode},
        {"pull_request of a fork, untrusted: build", fork_pull_request(), kLet, {}, kForkCode},
        {"pull_request of a deleted fork", deleted_fork_pull_request(), {}, {}, kForkCode},
        {"pull_request of who knows whom", unknown_head(), {}, {}, kForkCode},
        {"target", pull_request_target(kSameRepository), {}, {}, kOwnNearSecrets},
        {"target, untrusted: build", pull_request_target(kSameRepository), kLet, {}, kOwnNearSecrets},
        {"target of a fork", pull_request_target(kFork), {}, {}, kRefused},
        {"target of a fork, untrusted: build", pull_request_target(kFork), kLet, {}, kLetIn},
        {"target of a deleted fork", pull_request_target("null"), {}, {}, kRefused},
        {"target of a deleted fork, untrusted: build", pull_request_target("null"), kLet, {}, kLetIn},
        {"target of who knows whom, untrusted: build", pull_request_target("{}"), kLet, {}, kLetIn},
        {"merge_group", merge_group(), {}, {}, kRef},
        {"push to main", push_main(), {}, {}, kRef},
        {"push to a branch", push_branch(), {}, {}, kRef},
        {"push of a tag", push_git_tag("v1.2.3"), {}, {}, kRef},
        {"schedule", schedule(), {}, {}, kRef},
        {"release", on_ref("release", "refs/tags/v1.2.3"), {}, {}, kRef},
        {"workflow_dispatch", workflow_dispatch(), {}, {}, kRef},
        {"repository_dispatch", on_ref("repository_dispatch", "refs/heads/main"), {}, {}, kRef},
        {"workflow_dispatch for a pull request", workflow_dispatch(), kNamed, head_in(kRepositoryId),
         kOwnNearSecrets},
        {"workflow_dispatch for a fork", workflow_dispatch(), kNamed, head_in(kForkId), kRefused},
        {"workflow_dispatch for a fork, let in", workflow_dispatch(), kLetNamed, head_in(kForkId), kLetIn},
        {"repository_dispatch for a pull request", on_ref("repository_dispatch", "refs/heads/main"), kNamed,
         head_in(kRepositoryId), kOwnNearSecrets},
        {"push that names a pull request", push_main(), kNamed, head_in(kRepositoryId), kOwnNearSecrets},
        {"workflow_run", workflow_run(), kNamed, head_in(kRepositoryId), kOwnNearSecrets},
        {"workflow_run of a fork", workflow_run(), kNamed, head_in(kForkId), kRefused},
        {"workflow_run of a fork, let in", workflow_run(), kLetNamed, head_in(kForkId), kLetIn},
        {"workflow_run of a deleted fork, let in", workflow_run(), kLetNamed, head_in(0), kLetIn},
        {"workflow_run without an answer", workflow_run(), kNamed, {}, kRefused},
        {"workflow_run without an answer, let in", workflow_run(), kLetNamed, {}, kLetIn},
        {"issue_comment", issue_comment(), kNamed, head_in(kRepositoryId), kOwnNearSecrets},
        {"issue_comment about a fork", issue_comment(), kNamed, head_in(kForkId), kRefused},
        {"issue_comment about a fork, let in", issue_comment(), kLetNamed, head_in(kForkId), kLetIn},
        {"an event of tomorrow", on_ref("deployment_status", "refs/heads/main"), kNamed,
         head_in(kRepositoryId), kOwnNearSecrets},
    };
}

}  // namespace

TEST_CASE("every event gets exactly the grants of its row") {
    for (const Shape& shape : shapes()) {
        const Inputs given = inputs(shape.raw);
        const Subject subject = resolve_subject(shape.event, given, shape.api).value();
        const Grants grants = grants_of(shape.event, subject, given.strategy);
        for (std::size_t i = 0; i < kGrantCount; ++i) {
            const Grant grant = static_cast<Grant>(i);
            const bool expected =
                std::ranges::find(shape.expected.given, grant) != shape.expected.given.end();
            CAPTURE(shape.what, shape.expected.kind, i);
            CHECK(grants.has(grant) == expected);
        }
        CAPTURE(shape.what, shape.expected.kind);
        CHECK(grants.service_cache() == shape.expected.service);
        CHECK(grants.checkout_credentials() == shape.expected.checkout);
    }
}

TEST_CASE("nothing is granted by a value that nobody has decided about") {
    const Grants nothing;
    for (std::size_t i = 0; i < kGrantCount; ++i)
        CHECK_FALSE(nothing.has(static_cast<Grant>(i)));
    CHECK(nothing.service_cache() == ServiceCache::none);
    CHECK(nothing.checkout_credentials() == CheckoutCredentials::refused);
    CHECK_FALSE(Subject{.number = {}, .sha = sha(kHead)}.trusted);
    CHECK(Subject{.number = {}, .sha = sha(kHead)}.privileged);
    // No brace, no member and no constructor makes one that grants something.
    CHECK_FALSE(std::is_aggregate_v<Grants>);
    CHECK_FALSE(std::is_constructible_v<Grants, std::initializer_list<Grant>>);
    CHECK_FALSE(std::is_constructible_v<Grants, bool>);
}

TEST_CASE("a run that fetches an image its inputs name gets its registry logins and nothing else") {
    const auto [event, login] = GENERATE(table<Event, bool>({
        {push_main(), true},
        {workflow_dispatch(), true},
        {workflow_run(), true},
        {issue_comment(), true},
        {same_repository_pull_request(), false},
        {fork_pull_request(), false},
        {pull_request_target(kFork), false},
        {merge_group(), false},
    }));
    CAPTURE(event.name);
    const Grants grants = grants_to_fetch(event);
    for (std::size_t i = 0; i < kGrantCount; ++i) {
        const Grant grant = static_cast<Grant>(i);
        CHECK(grants.has(grant) == (login && grant == registry_logins));
    }
    CHECK(grants.service_cache() == ServiceCache::none);
}
