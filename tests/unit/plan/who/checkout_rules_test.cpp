#include "plan/who/checkout_rules.hpp"

#include "plan/decide.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

/// An event as it meets the rules, with the inputs that it needs.
struct Case {
    std::string name;
    Event event;
    InputMap raw;
    std::uint64_t head_repository = kRepositoryId;  ///< by GitHub's word
};

const std::vector<Case>& privileged_cases() {
    static const std::vector<Case> kCases{
        {"target, own", pull_request_target(kSameRepository), {}},
        {"target, fork", pull_request_target(kFork), {{"untrusted", "build"}}},
        {"workflow_run, own", workflow_run(), {{"pr-number", "7"}, {"sha", kHead}}},
        {"workflow_run, fork",
         workflow_run(),
         {{"pr-number", "7"}, {"sha", kHead}, {"untrusted", "build"}},
         kForkId},
        {"comment, fork", issue_comment(), {{"sha", kHead}, {"untrusted", "build"}}, kForkId},
        {"dispatch, own", workflow_dispatch(), {{"pr-number", "7"}, {"sha", kHead}}},
    };
    return kCases;
}

const std::vector<Case>& other_cases() {
    static const std::vector<Case> kCases{
        {"own", same_repository_pull_request(), {}},
        {"fork", fork_pull_request(), {}},
        {"queue", merge_group(), {}},
    };
    return kCases;
}

Facts facts_for(const Case& one) {
    Facts found = facts();
    found.pull_request = pull_request_facts(one.head_repository);
    return found;
}

Result<Plan> decided(const Case& one, const Facts& found, InputMap more = {}) {
    InputMap raw = one.raw;
    raw.merge(more);
    return decide(one.event, inputs(raw), found);
}

std::vector<std::string> titles(const Plan& plan) {
    std::vector<std::string> names;
    for (const Warning& warning : plan.warnings)
        names.push_back(warning.title);
    return names;
}

bool warns(const Result<Plan>& plan, std::string_view title) {
    return plan && std::ranges::find(plan->warnings, title, &Warning::title) != plan->warnings.end();
}

const std::string kInContext = "Credentials in the build context";

}  // namespace

TEST_CASE("where an event hands out secrets, the context has to be proven to be the pull request's head") {
    const Case one = GENERATE(from_range(privileged_cases()));
    CAPTURE(one.name);
    Facts found = facts_for(one);
    const Result<Plan> unproven = decided(one, found);
    REQUIRE_FALSE(unproven);
    CHECK(unproven.error().what == "Unknown commit in the workspace");
    for (const std::string& other : {kOther, kMain, kMerge}) {
        found.checked_out = sha(other);
        const Result<Plan> wrong = decided(one, found);
        REQUIRE_FALSE(wrong);
        CHECK(wrong.error().what == "Wrong commit checked out");
        CHECK(wrong.error().why.contains(other));
        CHECK(wrong.error().fix.contains("actions/checkout"));
    }
    found.checked_out = sha(kHead);
    CHECK(decided(one, found));
}

TEST_CASE("a context that BuildKit fetches is proven by the commit in its address, and by nothing else") {
    const auto [context, good] = GENERATE(table<std::string, bool>({
        {"{{defaultContext}}", true},
        {"{{defaultContext}}:app", true},
        {"https://github.com/mona/app.git#" + kHead, true},
        {"https://github.com/mona/app.git#" + kHead + ":app", true},
        {"git@github.com:mona/app.git#" + kHead, true},
        {"https://github.com/mona/app.git#" + kOther, false},
        {"https://github.com/mona/app.git#feature", false},
        {"https://github.com/mona/app.git#1111111", false},
        {"https://github.com/mona/app.git", false},
        {"https://example.org/app.tar.gz#" + kHead, false},
    }));
    CAPTURE(context);
    const Case one = GENERATE(from_range(privileged_cases()));
    CAPTURE(one.name);
    Facts found = facts_for(one);
    // What is checked out here is not what is built.
    found.checked_out = sha(good ? kOther : kHead);
    CHECK(decided(one, found, {{"context", context}}).has_value() == good);
}

TEST_CASE(
    "the Dockerfile and additional contexts come from the pull request's head or the workflow's own commit") {
    const auto [there, good] = GENERATE(table<std::optional<CommitSha>, bool>({
        {sha(kHead), true},
        {sha(kMain), true},  // GITHUB_SHA of these events
        {sha(kOther), false},
        {std::nullopt, false},
    }));
    const Case one = GENERATE(from_range(privileged_cases()));
    CAPTURE(one.name);
    Facts found = facts_for(one);
    found.checked_out = sha(kHead);
    found.beside = {{"ci", sha(kHead)}, {"tools", there}};
    const Result<Plan> plan = decided(one, found);
    CHECK(plan.has_value() == good);
    if (!good) CHECK(plan.error().why.contains("'tools'"));
    // An address that says its commit does not vouch for the folders beside it.
    CHECK(decided(one, found, {{"context", "{{defaultContext}}"}}).has_value() == good);
}

TEST_CASE("elsewhere another commit is a warning, and none is none") {
    const Case one = GENERATE(from_range(other_cases()));
    CAPTURE(one.name);
    Facts found = facts_for(one);
    found.beside = {{"tools", std::nullopt}};
    CHECK(decided(one, found)->warnings.empty());
    found.checked_out = sha(kOther);
    CHECK(warns(decided(one, found), "Another commit is checked out"));
    found.checked_out = sha(kMerge);
    CHECK(decided(one, found)->warnings.empty());
}

TEST_CASE("a plan that is only shown and looked at nothing needs no checkout") {
    const Case one = GENERATE(from_range(privileged_cases()));
    Facts found = facts_for(one);
    found.probed = false;
    CHECK(decided(one, found, {{"command", "plan"}, {"probe", "false"}}));
    CHECK_FALSE(decided(one, found, {{"probe", "false"}}));
    found.checked_out = sha(kOther);
    CHECK_FALSE(decided(one, found, {{"command", "plan"}, {"probe", "false"}}));
}

TEST_CASE("credentials that a build can read are refused, warned of, or left alone by who is asking") {
    struct Row {
        std::string name;
        Case one;
        bool refused;        ///< wherever they are
        bool warned;         ///< where an ignore file leaves them out of the context
        bool warned_inside;  ///< where the context has them
    };
    const Case push{"push", push_main(), {}};
    const Row row = GENERATE_COPY(values<Row>({
        {"own pull request", other_cases()[0], false, false, true},
        {"fork's pull request", other_cases()[1], false, true, true},
        {"merge queue", other_cases()[2], false, false, true},
        {"branch", push, false, false, true},
        {"own on target", privileged_cases()[0], false, false, true},
        {"fork on target", privileged_cases()[1], true, false, false},
        {"own on workflow_run", privileged_cases()[2], false, false, true},
        {"fork on workflow_run", privileged_cases()[3], true, false, false},
        {"fork's comment", privileged_cases()[4], true, false, false},
    }));
    CAPTURE(row.name);
    Facts found = facts_for(row.one);
    found.checked_out = sha(row.one.event.kind == EventKind::ref && row.one.raw.empty() ? kMain : kHead);
    CHECK(titles(decided(row.one, found).value()) == titles(decided(row.one, found).value()));
    CHECK_FALSE(warns(decided(row.one, found), kInContext));
    for (const bool in_context : {false, true}) {
        CAPTURE(in_context);
        found.credentials = {{.path = ".git/config", .holds = "an HTTP header", .in_context = in_context}};
        const Result<Plan> plan = decided(row.one, found);
        CHECK(plan.has_value() != row.refused);
        CHECK(warns(plan, kInContext) == (in_context ? row.warned_inside : row.warned));
        if (!row.refused) continue;
        CHECK(plan.error().what == "Credentials in the checkout");
        CHECK(plan.error().why.contains("'.git/config' (an HTTP header)"));
        CHECK(plan.error().fix.contains("persist-credentials: false"));
    }
    // What could not be looked at is only refused where it may not be.
    found.credentials.clear();
    found.credentials_unchecked = "a: there are too many files";
    CHECK(decided(row.one, found).has_value() != row.refused);
    CHECK_FALSE(warns(decided(row.one, found), kInContext));
}
