#include "plan/handover/reuse.hpp"

#include "plan/decide.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <map>
#include <optional>
#include <string>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

Plan decided(const Event& event, const InputMap& raw = {}, const Facts& facts = examples::facts()) {
    return decide(event, inputs(raw), facts).value();
}

/// The image that `plan` made, but for some labels.
ExistingImage existing(const Plan& plan, const std::map<std::string, std::string>& changes = {}) {
    ExistingImage image = existing_image({plan.labels.begin(), plan.labels.end()});
    for (const auto& [key, value] : changes)
        image.labels[key] = value;
    return image;
}

}  // namespace

TEST_CASE("an ephemeral tag that is there is reused, moved or taken") {
    using Changes = std::map<std::string, std::string>;
    struct Row {
        std::string what;
        Changes labels;
        bool reused;
        bool moved;
    };
    const Row row = GENERATE(values<Row>({
        {"this very image", {}, true, false},
        {"this very image of an earlier run",
         {{"dev.pr-image.run-id", "1"}, {"org.opencontainers.image.created", "x"}},
         true,
         false},
        {"an older merge", {{"org.opencontainers.image.revision", kOther}}, false, true},
        {"an older merge by another plan",
         {{"org.opencontainers.image.revision", kOther}, {"dev.pr-image.plan", "x"}},
         false,
         true},
        {"another plan", {{"dev.pr-image.plan", "x"}}, false, false},
        {"no plan", {{"dev.pr-image.plan", ""}}, false, false},
        {"another number", {{"dev.pr-image.number", "8"}}, false, false},
        {"another head", {{"dev.pr-image.head-sha", kOther}}, false, false},
        {"another head and merge",
         {{"dev.pr-image.head-sha", kOther}, {"org.opencontainers.image.revision", kOther}},
         false,
         false},
    }));
    CAPTURE(row.what);
    const Event event = same_repository_pull_request();
    Facts found = facts();
    found.existing = existing(decided(event), row.labels);
    const Result<Plan> plan = decide(event, inputs(), found);
    REQUIRE(plan.has_value() == (row.reused || row.moved));
    if (!plan) {
        CHECK(plan.error().what == "Tag already taken");
        CHECK(plan.error().why.contains(digest('e').string()));
        CHECK(plan.error().fix.contains("reuse: false"));
        return;
    }
    CHECK(plan->reuse == (row.reused ? std::optional(digest('e')) : std::nullopt));
    CHECK(plan->moved_from == (row.moved ? std::optional(digest('e')) : std::nullopt));
    CHECK(plan->reason.contains("already") == row.reused);
}

TEST_CASE("an image that another tool pushed under the tag is never replaced by accident") {
    Facts found = facts();
    found.existing = existing_image();
    CHECK(decide(same_repository_pull_request(), inputs(), found).error().what == "Tag already taken");
}

TEST_CASE("a user's own revision label proves nothing about what is there") {
    const InputMap raw{{"labels", "org.opencontainers.image.revision=constant"}};
    Facts found = facts();
    found.existing = existing(decided(same_repository_pull_request(), raw),
                              {{"org.opencontainers.image.revision", kOther}});
    CHECK(decided(same_repository_pull_request(), raw, found).moved_from == digest('e'));
}

TEST_CASE("reuse: false, a fallback and a run without a number do not look at what is there") {
    Facts found = facts();
    found.existing = existing_image();
    const Plan forced = decided(same_repository_pull_request(), {{"reuse", "false"}}, found);
    CHECK_FALSE(forced.reuse);
    CHECK_FALSE(forced.moved_from);
    CHECK_FALSE(decided(fork_pull_request(), {}, found).reuse);
    CHECK_FALSE(decided(push_main(), {}, found).reuse);
}

TEST_CASE("a reused image is handed over as an artifact only where the workflow always wants one") {
    const std::string wish = GENERATE("auto", "always", "never");
    const InputMap raw{{"artifact", wish}};
    Facts found = facts();
    found.artifact_service = true;
    found.existing = existing(decided(same_repository_pull_request(), raw, found));
    const Plan plan = decided(same_repository_pull_request(), raw, found);
    CHECK(plan.reuse);
    CHECK(plan.artifact.has_value() == (wish == "always"));
    CHECK(plan.outputs.tar.empty() == (wish != "always"));
}
