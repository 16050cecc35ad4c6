#include "plan/names/tags.hpp"

#include "plan/names/names.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

Result<std::vector<Tag>> pull_request(const Event& event, const Inputs& inputs) {
    Result<Names> names = resolve_names(event, inputs, {}, facts());
    if (!names) return std::unexpected(names.error());
    return names->tags;
}

Result<std::vector<Tag>> ref(const Event& event, const Inputs& inputs) {
    return pull_request(event, inputs);
}

/// The tags, or the error's title alone.
Strings shown(const Result<std::vector<Tag>>& tags) {
    return tags ? strings(*tags) : Strings{tags.error().what};
}

}  // namespace

TEST_CASE("any text is sanitised into what may stand in a tag") {
    const auto [text, clean] = GENERATE(table<std::string, std::string>({
        {"main", "main"},
        {"Main", "main"},
        {"feature/Add_New-Feature", "feature-add-new-feature"},
        {"feature/fix-#123", "feature-fix-123"},
        {"release/1.2.x", "release-1.2.x"},
        {"a//b__c", "a-b-c"},
        {"--a--", "a"},
        {"..a..", "a"},
        {"-.-a-.-", "a"},
        {"a.-b", "a.-b"},
        {"$(id);rm -rf /", "id-rm-rf"},
        {"a\nb", "a-b"},
        {"漢字", ""},
        {"käse", "k-se"},
        {"###", ""},
        {"...", ""},
        {"", ""},
    }));
    CAPTURE(text);
    CHECK(sanitise(text) == clean);
}

TEST_CASE("sanitised text is cut to its length and never ends in what was trimmed") {
    CHECK(sanitise(std::string(300, 'a')) == std::string(128, 'a'));
    CHECK(sanitise("abc-def", 4) == "abc");
    CHECK(sanitise("abc.def", 4) == "abc");
    CHECK(sanitise("//abc", 2) == "ab");
    CHECK(sanitise("abc", 0).empty());
}

TEST_CASE("whatever is sanitised is a tag or nothing") {
    for (int first = 0; first < 256; ++first) {
        const std::string text = {static_cast<char>(first), 'x', static_cast<char>(255 - first), '.', '-'};
        CHECK(Tag::parse(sanitise(text)));
    }
}

TEST_CASE("only pr-<number> and what follows its dash belongs to a pull request") {
    const auto [tag, belongs] = GENERATE(table<std::string, bool>({
        {"pr-7", true},
        {"pr-7-abc", true},
        {"pr-7-abc-dev", true},
        {"pr-7-", false},
        {"pr-70", false},
        {"pr-70-abc", false},
        {"pr-07-abc", false},
        {"pr-8-abc", false},
        {"pr-7.abc", false},
        {"PR-7-abc", false},
        {"xpr-7-abc", false},
        {"pr7-abc", false},
        {"7", false},
        {"latest", false},
        {"v1.2.3", false},
        {"", false},
    }));
    CAPTURE(tag);
    CHECK(is_pull_request_tag(tag, number("7")) == belongs);
}

TEST_CASE("a pull request's tag is pr-<number>-<sha> or what pr-tag makes of it") {
    const auto [raw, tag] = GENERATE(table<InputMap, std::string>({
        {InputMap{}, "pr-7-" + kHead},
        {{{"sha", "merge"}}, "pr-7-" + kMerge},
        {{{"variant", "dev"}}, "pr-7-" + kHead + "-dev"},
        {{{"pr-tag", "pr-{number}"}}, "pr-7"},
        {{{"pr-tag", "pr-{number}-{short-sha}"}}, "pr-7-1111111"},
        {{{"pr-tag", "pr-{number}-{short-sha}"}, {"sha", "merge"}}, "pr-7-2222222"},
        {{{"pr-tag", "pr-{number}-{head-sha}"}, {"sha", "merge"}}, "pr-7-" + kHead},
        {{{"pr-tag", "pr-{number}-{merge-sha}"}}, "pr-7-" + kMerge},
        {{{"pr-tag", "pr-{number}-{run-id}-{run-attempt}"}}, "pr-7-555-1"},
        {{{"pr-tag", "pr-{number}-{variant}-{short-sha}"}, {"variant", "dev"}}, "pr-7-dev-1111111"},
        {{{"pr-tag", "pr-{number}-{short-sha}"}, {"variant", "dev"}}, "pr-7-1111111-dev"},
        {{{"pr-tag", "pr-{number}-Static_Name.1"}}, "pr-7-Static_Name.1"},
    }));
    CAPTURE(raw);
    CHECK(shown(pull_request(same_repository_pull_request(), inputs(raw))) == Strings{tag});
}

TEST_CASE("a merge queue's tag carries the number from the queue and the queue's commit") {
    CHECK(shown(pull_request(merge_group(), inputs())) == Strings{"pr-7-" + kMerge});
    CHECK(shown(pull_request(merge_group(), inputs({{"pr-tag", "pr-{number}-{merge-sha}"}}))) ==
          Strings{"pr-7-" + kMerge});
}

TEST_CASE("a pr-tag that cannot be expanded or is no tag is refused under its name") {
    const std::string format = GENERATE(
        "{", "}", "{}", "{number", "pr-{number}-{branch}", "pr-{number}-{", "pr-{number}-{sha",
        "pr-{number}-{}", "pr-{number}-{ sha }", "pr-{number}-{SHA}", "pr-{number}-}", "pr-{number}/{sha}",
        "pr-{number} {sha}", "pr-{number}:{sha}", "pr-{number}-$(id)", "pr-{number}-{sha}-{sha}-{sha}-{sha}");
    CAPTURE(format);
    const Result<std::vector<Tag>> tags =
        pull_request(same_repository_pull_request(), inputs({{"pr-tag", format}}));
    REQUIRE_FALSE(tags);
    CHECK(tags.error().what == "Invalid input 'pr-tag'");
    CHECK_FALSE(tags.error().fix.empty());
}

TEST_CASE("an event without a merge commit has no {merge-sha}") {
    const Inputs given = inputs({{"pr-tag", "pr-{number}-{merge-sha}"}});
    CHECK(shown(pull_request(pull_request_target(kSameRepository), given)) ==
          Strings{"Invalid input 'pr-tag'"});
}

TEST_CASE("no input can make a pull request leave its grammar") {
    const std::string tag = GENERATE("latest", "main", "v1.2.3", "pr-8-abc", "pr-70", "pr-7-", "sha-1111111",
                                     "7", "PR-7-x", "ghcr.io/acme/app:latest");
    CAPTURE(tag);
    const Event event = GENERATE(same_repository_pull_request(), fork_pull_request(), merge_group());
    const Result<std::vector<Tag>> by_tags = pull_request(event, inputs({{"tags", "pr-7-ok\n" + tag}}));
    REQUIRE_FALSE(by_tags);
    CHECK(by_tags.error().what == "Invalid input 'tags'");
    if (tag.contains('/')) return;
    const Result<std::vector<Tag>> by_format = pull_request(event, inputs({{"pr-tag", tag}}));
    REQUIRE_FALSE(by_format);
    CHECK(by_format.error().what == "Invalid input 'pr-tag'");
}

TEST_CASE("a variant cannot make a pull request leave its grammar") {
    const Inputs given = inputs({{"pr-tag", "{variant}"}, {"variant", "latest"}});
    CHECK(shown(pull_request(same_repository_pull_request(), given)) == Strings{"Invalid input 'pr-tag'"});
}

TEST_CASE("protected tags and the default branch's name are out of reach, whatever their grammar") {
    const std::string globs = GENERATE("pr-*", "*", "pr-7-?bc", "v*,pr-7-abc", "latest\npr-7-*");
    CAPTURE(globs);
    CHECK(shown(pull_request(same_repository_pull_request(),
                             inputs({{"tags", "pr-7-abc"}, {"protected-tags", globs}}))) ==
          Strings{"Invalid input 'protected-tags'"});
    CHECK(shown(pull_request(same_repository_pull_request(),
                             inputs({{"tags", "pr-7-abc"}, {"protected-tags", "latest,v*,pr-7"}}))) ==
          Strings{"pr-7-abc"});

    Event event = same_repository_pull_request();
    event.default_branch = "pr-7-Main";
    CHECK(shown(pull_request(event, inputs({{"tags", "pr-7-main"}}))) == Strings{"Invalid input 'tags'"});
}

TEST_CASE("given tags may be bare or whole names of this run's image, each once") {
    CHECK(shown(pull_request(same_repository_pull_request(),
                             inputs({{"tags", "pr-7-a\nghcr.io/Acme/App:pr-7-b\npr-7-a"}}))) ==
          Strings{"pr-7-a", "pr-7-b"});
    CHECK(shown(ref(push_main(), inputs({{"tags", "edge\nghcr.io/acme/app:stable"}, {"variant", "dev"}}))) ==
          Strings{"edge", "stable"});
}

TEST_CASE("a given tag that is no tag of this run's image is refused") {
    const std::string tag =
        GENERATE("ghcr.io/acme/other:x", "docker.io/acme/app:x", "app:x", "acme/app:x, ghcr.io/acme/app:y");
    CAPTURE(tag);
    const InputMap raw{{"tags", tag}, {"image", "ghcr.io/acme/app"}};
    CHECK(shown(ref(push_main(), inputs(raw))) == Strings{"Invalid input 'tags'"});
}

TEST_CASE("a whole name that is no name with a tag is refused before anything is looked at") {
    const std::string tag =
        GENERATE(as<std::string>(), "ghcr.io/acme/app", "ghcr.io/acme/app:a b", "ghcr.io/acme/app:x:y",
                 "ghcr.io/acme/app@sha256:" + std::string(64, 'a'),
                 "ghcr.io/acme/app:x@sha256:" + std::string(64, 'a'), "acme/app:x,y", "\"a\nb\"");
    CAPTURE(tag);
    const Result<Inputs> given = parse_inputs({{"tags", tag}}, {}, kPaths);
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input 'tags'");
}

TEST_CASE("branches and git tags get the tags that people expect") {
    const auto [event, tags] = GENERATE(table<Event, Strings>({
        {push_main(), {"latest", "main", "sha-3333333"}},
        {schedule(), {"latest", "main", "sha-3333333"}},
        {workflow_dispatch(), {"latest", "main", "sha-3333333"}},
        {on_ref("repository_dispatch", "refs/heads/main"), {"latest", "main", "sha-3333333"}},
        {push_branch("feature/Add_New-Feature"), {"feature-add-new-feature-3333333"}},
        {push_branch("feature/fix-#123"), {"feature-fix-123-3333333"}},
        {push_branch("PR/7"), {"ref-pr-7-3333333"}},
        {push_branch("pr-7-fix"), {"ref-pr-7-fix-3333333"}},
        {push_branch("buildcache-main"), {"ref-buildcache-main-3333333"}},
        {push_branch("pr-template"), {"pr-template-3333333"}},
        {push_branch("sha"), {"ref-sha-3333333"}},
        {push_git_tag("sha-abc1234"), {"ref-sha-abc1234"}},
        {push_git_tag("sha256-" + std::string(64, 'a') + ".sig"),
         {"ref-sha256-" + std::string(64, 'a') + ".sig"}},
        {push_branch("main/x"), {"main-x-3333333"}},
        {push_branch("漢字"), {"sha-3333333"}},
        {push_branch("latest"), {"latest-3333333"}},
        {on_ref("workflow_dispatch", "refs/heads/topic"), {"topic-3333333"}},
        {on_ref("workflow_dispatch", "refs/pull/7/merge"), {"sha-3333333"}},
        {push_git_tag("v1.2.3"), {"1.2.3", "1.2", "1", "latest"}},
        {push_git_tag("1.2.3"), {"1.2.3", "1.2", "1", "latest"}},
        {push_git_tag("v10.20.30"), {"10.20.30", "10.20", "10", "latest"}},
        {push_git_tag("v1.2.3+build.5"), {"1.2.3", "1.2", "1", "latest"}},
        {push_git_tag("v0.2.3"), {"0.2.3", "0.2", "latest"}},
        {push_git_tag("v1.2.3-rc.1"), {"1.2.3-rc.1"}},
        {push_git_tag("v1.2.3-alpha-1.0"), {"1.2.3-alpha-1.0"}},
        {push_git_tag("v1.2.3-0"), {"1.2.3-0"}},
        {push_git_tag("v1.2.3-rc.1+build"), {"1.2.3-rc.1"}},
        {on_ref("release", "refs/tags/v1.2.3"), {"1.2.3", "1.2", "1", "latest"}},
        {push_git_tag("v1"), {"v1"}},
        {push_git_tag("v1.2"), {"v1.2"}},
        {push_git_tag("pr-7"), {"ref-pr-7"}},
        {push_git_tag("pr-image-staging-1"), {"ref-pr-image-staging-1"}},
        {push_git_tag("v01.2.3"), {"v01.2.3"}},
        {push_git_tag("v1.2.3.4"), {"v1.2.3.4"}},
        {push_git_tag("v1.2.3-"), {"v1.2.3-"}},
        {push_git_tag("v1.2.3-a..b"), {"v1.2.3-a..b"}},
        {push_git_tag("v1.2.3-01"), {"v1.2.3-01"}},
        {push_git_tag("V1.2.3"), {"V1.2.3"}},
        {push_git_tag("vv1.2.3"), {"vv1.2.3"}},
        {push_git_tag("nightly_2026"), {"nightly_2026"}},
        {push_git_tag("release/2026 final"), {"release-2026-final"}},
    }));
    CAPTURE(event.ref);
    CHECK(shown(ref(event, inputs())) == tags);
}

TEST_CASE("a variant ends every tag of a branch or git tag") {
    CHECK(shown(ref(push_main(), inputs({{"variant", "dev"}}))) ==
          Strings{"latest-dev", "main-dev", "sha-3333333-dev"});
    CHECK(shown(ref(push_git_tag("v1.2.3"), inputs({{"variant", "dev"}}))) ==
          Strings{"1.2.3-dev", "1.2-dev", "1-dev", "latest-dev"});
    CHECK(shown(ref(push_branch("x"), inputs({{"variant", "dev"}}))) == Strings{"x-3333333-dev"});
}

TEST_CASE("the longest branch name still makes a tag that a registry accepts, with its commit") {
    const std::string variant = GENERATE("", "dev");
    const std::string branch =
        GENERATE(std::string(250, 'a'), std::string(119, 'a') + "/b", std::string(120, 'a') + "/b");
    const Result<std::vector<Tag>> tags = ref(push_branch(branch), inputs({{"variant", variant}}));
    REQUIRE(tags);
    CHECK(tags->front().string().size() <= 128);
    CHECK(tags->front().string().contains("a-3333333"));
}

TEST_CASE("the longest default branch name still makes tags") {
    Event event = push_branch(std::string(250, 'a'));
    event.default_branch = std::string(250, 'a');
    CHECK(ref(event, inputs()));
    CHECK(ref(event, inputs({{"variant", "dev"}})));
}

TEST_CASE("a git tag that yields no tag at all says to name one") {
    const Result<std::vector<Tag>> tags = ref(push_git_tag("漢字"), inputs());
    REQUIRE_FALSE(tags);
    CHECK(tags.error().what == "No tag for this ref");
    CHECK(tags.error().fix.contains("tags"));
}

TEST_CASE("a variant cannot make a branch's or git tag's name read as one that clean-up deletes") {
    const auto [git_tag, variant, tag] = GENERATE(table<std::string, std::string, std::string>({
        {"pr", "7", "ref-pr-7"},
        {"pr", "7-abc1234", "ref-pr-7-abc1234"},
        {"pr", "x", "pr-x"},
        {"buildcache", "main", "ref-buildcache-main"},
        {"pr-image", "staging-1", "ref-pr-image-staging-1"},
        {"pr-image", "cleanup-1", "ref-pr-image-cleanup-1"},
        {"sha256", std::string(64, 'a'), "ref-sha256-" + std::string(64, 'a')},
        {"nightly", "dev", "nightly-dev"},
    }));
    CAPTURE(git_tag, variant);
    CHECK(shown(ref(push_git_tag(git_tag), inputs({{"variant", variant}}))) == Strings{tag});
}
