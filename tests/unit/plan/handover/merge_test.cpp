#include "plan/handover/merge.hpp"

#include "plan/decide.hpp"
#include "plan/names/labels.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;
using LabelMap = std::map<std::string, std::string>;

Result<MergePlan> merged(const Event& event, InputMap raw = {}, const Facts& found = facts()) {
    raw.emplace("command", "merge");
    raw.emplace("platforms", "linux/amd64,linux/arm64");
    return decide_merge(event, inputs(raw), found);
}

LabelMap labels(const std::string& run = "555", const std::string& head = kHead,
                const std::string& revision = kMerge) {
    return {{std::string(kRunIdLabel), run},
            {std::string(kHeadShaLabel), head},
            {std::string(kRevisionLabel), revision}};
}

Strings strings(const std::vector<Reference>& references) {
    Strings names;
    for (const Reference& reference : references)
        names.push_back(reference.string());
    return names;
}

}  // namespace

TEST_CASE("merge wants exactly the parts that the jobs of the run stage, and gives the tags of one job") {
    const MergePlan plan = merged(push_git_tag("v1.2.3"), {{"variant", "dev"}}).value();
    CHECK(plan.image.command == Command::merge);
    CHECK(plan.image.strategy == Strategy::push);
    CHECK(strings(plan.image.tags) == Strings{"ghcr.io/acme/app:1.2.3-dev", "ghcr.io/acme/app:1.2-dev",
                                              "ghcr.io/acme/app:1-dev", "ghcr.io/acme/app:latest-dev"});
    REQUIRE(plan.parts.size() == 2);
    for (const Part& part : plan.parts) {
        const Plan built =
            decide(push_git_tag("v1.2.3"),
                   inputs({{"fan-out", "true"}, {"platforms", part.platform}, {"variant", "dev"}}), facts())
                .value();
        CHECK(strings(built.tags) == Strings{part.staged.string()});
    }
    CHECK(plan.run_id == "555");
}

TEST_CASE("a pull request is merged for its parts' platforms, unless pr-platforms names fewer") {
    CHECK(merged(same_repository_pull_request())->image.platforms == Strings{"linux/amd64", "linux/arm64"});
    CHECK(merged(same_repository_pull_request(), {{"pr-platforms", "linux/arm64"}})->parts.size() == 1);
    CHECK(merged(same_repository_pull_request())->head_sha->string() == kHead);
}

TEST_CASE("where nothing was pushed there is nothing to merge, and that is no error") {
    const auto [event, strategy] = GENERATE(table<Event, Strategy>({
        {fork_pull_request(), Strategy::fallback},
        {closed_pull_request(), Strategy::skip},
    }));
    const MergePlan plan = merged(event).value();
    CHECK(plan.image.strategy == strategy);
    CHECK(plan.parts.empty());
    const MergePlan kept = merged(push_main(), {{"push", "false"}}).value();
    CHECK(kept.image.strategy == Strategy::fallback);
}

TEST_CASE("what only a build needs does not matter to merge") {
    const MergePlan plan = merged(push_main(), {{"secrets", "a=b"},
                                                {"load", "true"},
                                                {"artifact", "always"},
                                                {"cache", "gha"},
                                                {"as", "x:1"},
                                                {"provenance", "mode=max"}})
                               .value();
    CHECK(plan.image.build.secrets.empty());
    CHECK(plan.image.warnings.empty());
    CHECK_FALSE(plan.image.artifact);
    CHECK(plan.image.as.empty());
}

TEST_CASE("merge needs no checkout, and does not mind which commit is there") {
    CHECK(merged(same_repository_pull_request(), {}, facts_with_checkout(kOther))->parts.size() == 2);
    const MergePlan plan =
        merged(workflow_run(), {{"pr-number", "7"}, {"sha", kHead}}, facts_with_pull_request()).value();
    CHECK(plan.image.strategy == Strategy::push);
    CHECK(plan.parts.size() == 2);
}

TEST_CASE("the index gets the annotations of its own level") {
    const MergePlan plan = merged(push_main(), {{"annotations",
                                                 "index:a=1\nindex,manifest:b=2=3\nmanifest:c=4\n"
                                                 "index-descriptor:d=5"}})
                               .value();
    CHECK(plan.index_annotations ==
          std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", "2=3"}});
}

TEST_CASE("merge has to know its platforms, each once") {
    const auto [platforms, why] = GENERATE(table<std::string, std::string>({
        {"", "which parts belong to the image"},
        {"linux/amd64,linux/arm64,linux/amd64", "'linux/amd64' is there twice"},
    }));
    const std::string said = message(merged(push_main(), {{"platforms", platforms}}));
    CHECK(said.starts_with("Invalid input 'platforms'"));
    CHECK(said.contains(why));
}

TEST_CASE("an ephemeral tag is merged again for its own commit, and never taken from another") {
    Facts found = facts();
    found.existing = existing_image({{std::string(kNumberLabel), "7"}, {std::string(kHeadShaLabel), kHead}});
    CHECK(merged(same_repository_pull_request(), {}, found)->image.moved_from == digest('e'));
    found.existing = existing_image({{std::string(kNumberLabel), "7"}, {std::string(kHeadShaLabel), kOther}});
    CHECK(message(merged(same_repository_pull_request(), {}, found)).starts_with("Tag already taken"));
    found.existing = existing_image();
    CHECK(message(merged(same_repository_pull_request(), {}, found)).starts_with("Tag already taken"));
}

TEST_CASE("parts of one run and one commit belong together") {
    const MergePlan plan = merged(same_repository_pull_request()).value();
    CHECK(verify_parts(plan, {labels(), labels()}));
    CHECK(is_of_run(plan, labels()));
    CHECK_FALSE(is_of_run(plan, labels("554")));
    CHECK_FALSE(is_of_run(plan, std::nullopt));
}

TEST_CASE("every platform that is missing is named, with what is there and what to do") {
    const MergePlan plan = merged(same_repository_pull_request()).value();
    const std::string one = message(verify_parts(plan, {labels(), std::nullopt}));
    CHECK(
        one.starts_with("Platform missing: run 555 has left no image for linux/arm64 "
                        "(ghcr.io/acme/app:pr-image-staging-555-linux-arm64); input platforms asks for "
                        "linux/amd64, linux/arm64, and there is linux/amd64."));
    CHECK(one.contains("fan-out: true"));
    const std::string both = message(verify_parts(plan, {std::nullopt, std::nullopt}));
    CHECK(both.contains("linux/amd64 (ghcr.io/"));
    CHECK(both.contains("there are none of them"));
}

TEST_CASE("a part of another run or commit is named, with both") {
    const MergePlan plan = merged(same_repository_pull_request()).value();
    const auto [other, why] = GENERATE_COPY(table<LabelMap, std::string>({
        {labels("554"), "was built by run 554, and this is run 555"},
        {labels("555", kOther), "was built for commit " + kOther + ", and this run is for " + kHead},
        {labels("555", kHead, kMain), "was built from commit " + kMain + ", and linux/amd64 from " + kMerge},
        {labels("555", kHead, ""), "was built from commit none, and linux/amd64 from " + kMerge},
        {LabelMap(), "was built by run none, and this is run 555"},
    }));
    const std::string said = message(verify_parts(plan, {labels(), other}));
    CAPTURE(said);
    CHECK(said.starts_with("Parts do not belong together: linux/arm64 (ghcr.io/acme/app:pr-image-staging-"));
    CHECK(said.contains(why));
    CHECK(said.contains("actions/checkout"));
}

TEST_CASE("parts that are named by digest are the parts, and no other image or number of them") {
    const std::string amd = "sha256:" + std::string(64, 'a');
    const std::string arm = "sha256:" + std::string(64, 'b');
    const std::string given =
        GENERATE_COPY(amd + "\n" + arm, "ghcr.io/acme/app@" + amd + "\nGHCR.io/Acme/App@" + arm,
                      "\n  " + amd + "\n\n" + arm + "\n", amd + "," + arm);
    CAPTURE(given);
    const MergePlan plan = merged(push_main(), {{"parts", given}}).value();
    CHECK(strings(plan.given) == Strings{"ghcr.io/acme/app@" + amd, "ghcr.io/acme/app@" + arm});
    CHECK(merged(push_main())->given.empty());
}

TEST_CASE("parts that are not what they should be are refused, and none are not the same as no input") {
    const std::string amd = "sha256:" + std::string(64, 'a');
    const auto [given, why] = GENERATE_COPY(table<std::string, std::string>({
        {amd, "it names 1 images, and input platforms 2 platforms"},
        {amd + "\n" + amd + "\n" + amd, "it names 3 images"},
        {"\n\n", "it names 0 images"},
        {"\n", "it names 0 images"},
        {" ", "it names 0 images"},
        {amd + "\nghcr.io/acme/other@" + amd,
         "ghcr.io/acme/other@" + amd + " is no part of ghcr.io/acme/app"},
    }));
    CAPTURE(given);
    const std::string said = message(merged(push_main(), {{"parts", given}}));
    CAPTURE(said);
    CHECK(said.starts_with("Invalid input 'parts': "));
    CHECK(said.contains(why));
    // Where nothing is pushed, the jobs had nothing to hand on.
    CHECK(merged(fork_pull_request(), {{"parts", "\n\n"}}));
}

TEST_CASE("a part that is no digest is refused before anything is asked") {
    const std::string hex(64, 'a');
    const std::string given =
        GENERATE_COPY(as<std::string>{}, "latest", "ghcr.io/acme/app:pr-7", "sha256:" + hex.substr(1), hex,
                      "ghcr.io/acme/app@sha512:" + hex, "@sha256:" + hex, "a b@sha256:" + hex);
    CAPTURE(given);
    const Result<Inputs> parsed = parse_inputs({{"token", "t"}, {"parts", given}}, {}, kPaths);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().what == "Invalid input 'parts'");
}

TEST_CASE("each platform gets the one part that is for it") {
    const std::string amd = "sha256:" + std::string(64, 'a');
    const std::string arm = "sha256:" + std::string(64, 'b');
    MergePlan plan = merged(push_main(), {{"parts", arm + "\n" + amd}}).value();
    const auto chosen = assign_given(plan, {{false, true}, {true, false}});
    REQUIRE(chosen);
    CHECK(*chosen == std::vector<std::size_t>{1, 0});
    CHECK(plan.parts[0].staged.string() == "ghcr.io/acme/app@" + amd);
    CHECK(plan.parts[1].staged.string() == "ghcr.io/acme/app@" + arm);
    const auto [fits, why] = GENERATE(table<std::vector<std::vector<bool>>, std::string>({
        {{{true, false}, {true, false}},
         "Two parts for one platform: for linux/amd64 there are ghcr.io/acme/app@sha256:bb"},
        {{{true, false}, {false, false}}, "Platform missing: none of the 2 parts is for linux/arm64"},
        {{{false, false}, {false, false}}, "Platform missing: none of the 2 parts is for linux/amd64"},
        {{{true, true}, {false, false}}, "Part without a platform: ghcr.io/acme/app@sha256:aa"},
    }));
    MergePlan other = merged(push_main(), {{"parts", arm + "\n" + amd}}).value();
    const std::string said = message(assign_given(other, fits));
    CAPTURE(said);
    CHECK(said.starts_with(why));
}
