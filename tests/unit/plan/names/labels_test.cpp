#include "plan/names/labels.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

Result<Labels> labels(const Event& event, const InputMap& raw = {}, const Facts& facts = examples::facts()) {
    const Inputs given = inputs(raw);
    const Subject subject = resolve_subject(event, given, facts.pull_request).value();
    return image_labels(event, given, subject, facts, "the-main-tag");
}

}  // namespace

TEST_CASE("a pull request's image carries the OCI labels and what pull and clean-up need") {
    CHECK(labels(same_repository_pull_request()) ==
          Labels{
              {"org.opencontainers.image.title", "App"},
              {"org.opencontainers.image.description", "An app"},
              {"org.opencontainers.image.url", "https://github.com/Acme/App"},
              {"org.opencontainers.image.source", "https://github.com/Acme/App"},
              {"org.opencontainers.image.version", "the-main-tag"},
              {"org.opencontainers.image.created", "2026-01-02T03:04:05.000Z"},
              {"org.opencontainers.image.licenses", "MIT"},
              {"org.opencontainers.image.revision", kMerge},
              {"dev.pr-image.number", "7"},
              {"dev.pr-image.head-sha", kHead},
              {"dev.pr-image.run-id", "555"},
          });
}

TEST_CASE("a branch's image carries the branch's real name, a git tag's and a pull request's carry none") {
    const auto [event, branch] = GENERATE(table<Event, std::string>({
        {push_main(), "main"},
        {push_branch("feature/Add_New-Feature"), "feature/Add_New-Feature"},
        {push_branch("漢字"), "漢字"},
        {push_git_tag("v1.2.3"), ""},
        {same_repository_pull_request(), ""},
        {pull_request_target(kSameRepository), ""},
        {merge_group(), ""},
    }));
    CAPTURE(event.name, event.ref);
    CHECK(label(*labels(event), kBranchLabel) == branch);
    CHECK(label(*labels(event), kNumberLabel).empty() == !event.pull_request.has_value());
}

TEST_CASE("revision is the commit that is checked out, or the one that would be") {
    const auto [event, checked_out, commit] = GENERATE(table<Event, std::string, std::string>({
        {same_repository_pull_request(), "", kMerge},
        {same_repository_pull_request(), kHead, kHead},
        {same_repository_pull_request(), kMerge, kMerge},
        {same_repository_pull_request(), kOther, kOther},
        {pull_request_target(kSameRepository), "", kHead},
        {push_main(), "", kMain},
        {push_main(), kOther, kOther},
        {merge_group(), "", kMerge},
    }));
    CAPTURE(event.name, checked_out);
    const Facts found = checked_out.empty() ? facts() : facts_with_checkout(checked_out);
    const Subject subject = resolve_subject(event, inputs(), {}).value();
    CHECK(revision(subject, found) == sha(commit));
    CHECK(label(*labels(event, {}, found), kRevisionLabel) == commit);
}

TEST_CASE("what nobody knows is no label") {
    Event event = push_main();
    event.description = event.license = "";
    Facts found = facts();
    found.now = "";
    const Labels made = *labels(event, {}, found);
    for (const auto& [key, value] : made) {
        CAPTURE(key);
        CHECK_FALSE(value.empty());
        CHECK(key != kCreatedLabel);
        CHECK(key != kNumberLabel);
    }
}

TEST_CASE("input labels are added and may replace what they know better") {
    const Labels made =
        *labels(same_repository_pull_request(),
                {{"labels", "com.acme.team=a,b\norg.opencontainers.image.title=Mine\nempty="}});
    CHECK(label(made, "com.acme.team") == "a,b");
    CHECK(label(made, "org.opencontainers.image.title") == "Mine");
    CHECK(std::ranges::count(made, "org.opencontainers.image.title", &Labels::value_type::first) == 1);
    CHECK(std::ranges::count(made, "empty", &Labels::value_type::first) == 1);
}

TEST_CASE("input labels cannot forge what pull, reuse and clean-up rely on") {
    const std::string key = GENERATE("dev.pr-image.number", "dev.pr-image.head-sha", "dev.pr-image.run-id",
                                     "dev.pr-image.plan", "dev.pr-image.branch", "dev.pr-image.anything");
    CAPTURE(key);
    const Result<Labels> made = labels(same_repository_pull_request(), {{"labels", key + "=x"}});
    REQUIRE_FALSE(made);
    CHECK(made.error().what == "Invalid input 'labels'");
    CHECK(made.error().why.contains(key));
}

TEST_CASE("revision stays the commit that is built, even if docker/metadata-action's labels are passed on") {
    const Labels made =
        *labels(same_repository_pull_request(), {{"labels", "org.opencontainers.image.revision=main"}});
    CHECK(label(made, kRevisionLabel) == kMerge);
    CHECK(std::ranges::count(made, kRevisionLabel, &Labels::value_type::first) == 1);
}

TEST_CASE("a description cannot bring control characters or no end into a label") {
    Event event = push_main();
    event.description = "a\nb\r\x1b[2J" + std::string(5000, 'x');
    const Labels made = *labels(event);
    const std::string_view description = label(made, "org.opencontainers.image.description");
    CHECK(description.starts_with("a\\x0ab\\x0d\\x1b[2J"));
    CHECK(description.size() < 600);
}

TEST_CASE("a label that is not there is empty") {
    CHECK(label({}, "a").empty());
    CHECK(label({{"a", "1"}, {"b", "2"}}, "b") == "2");
}
