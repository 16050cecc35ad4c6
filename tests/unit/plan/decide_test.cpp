#include "plan/decide.hpp"

#include "plan/names/labels.hpp"
#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

Strings names(const std::vector<Reference>& references) {
    Strings shown;
    for (const Reference& reference : references)
        shown.push_back(reference.string());
    return shown;
}

Strings names(const std::vector<ImageName>& images) {
    Strings shown;
    for (const ImageName& name : images)
        shown.push_back(name.string());
    return shown;
}

Strings warning_titles(const Plan& plan) {
    Strings titles;
    for (const Warning& warning : plan.warnings)
        titles.push_back(warning.title);
    return titles;
}

Plan decided(const Event& event, const InputMap& raw = {}, const Facts& facts = examples::facts()) {
    return decide(event, inputs(raw), facts).value();
}

const InputMap kAllSecrets{{"secrets", "api=s3cr3t-1"},
                           {"secret-envs", "env=VARIABLE"},
                           {"secret-files", "file=secret.txt"},
                           {"ssh", "default"},
                           {"password", "s3cr3t-3"},
                           {"registry-auth", "registry=docker.io,username=u,password=s3cr3t-4"}};

}  // namespace

TEST_CASE("a same-repository pull request is pushed under its ephemeral tag") {
    const Plan plan = decided(same_repository_pull_request());
    CHECK(plan.strategy == Strategy::push);
    CHECK(names(plan.images) == Strings{"ghcr.io/acme/app"});
    CHECK(names(plan.tags) == Strings{"ghcr.io/acme/app:pr-7-" + kHead});
    CHECK(plan.event_name == "pull_request");
    CHECK(plan.number == number("7"));
    CHECK(plan.sha == sha(kHead));
    CHECK(plan.same_repository);
    CHECK(plan.grants.has(Grant::push));
    CHECK(plan.platforms == Strings{"linux/amd64"});
    CHECK(plan.builder.driver == Driver::docker);
    CHECK(plan.outputs.registry);
    CHECK_FALSE(plan.outputs.load);
    CHECK(plan.outputs.tar.empty());
    CHECK(plan.login_hosts == Strings{"ghcr.io"});
    CHECK(plan.cache_service);
    CHECK(plan.warnings.empty());
    CHECK_FALSE(plan.reuse);
    CHECK_FALSE(plan.moved_from);
    CHECK(plan.build.context.text == kWorkspace);
    CHECK(label(plan.labels, kPlanLabel) == plan.hash);
    CHECK(label(plan.labels, "org.opencontainers.image.version") == "pr-7-" + kHead);
}

TEST_CASE("a fork's pull request never carries a secret to the build") {
    const auto [event, raw] = GENERATE(table<Event, InputMap>({
        {fork_pull_request(), InputMap{}},
        {deleted_fork_pull_request(), InputMap{}},
        {parse_event(pull_request_context({.head_repo = "{}"})).value(), InputMap{}},
        {fork_pull_request(), {{"push", "true"}}},
        {fork_pull_request(), {{"missing-credentials", "fail"}}},
        {pull_request_target(kFork), {{"untrusted", "build"}}},
        {workflow_run(), {{"untrusted", "build"}, {"pr-number", "7"}, {"sha", kHead}}},
    }));
    CAPTURE(event.name, raw);
    InputMap with_secrets = kAllSecrets;
    with_secrets.insert(raw.begin(), raw.end());
    const Inputs given = inputs(with_secrets, {{"VARIABLE", "s3cr3t-2"}});
    const Result<Plan> plan = decide(event, given, facts_with_pull_request(kForkId));
    REQUIRE(plan);
    CHECK(plan->strategy == Strategy::fallback);
    CHECK_FALSE(plan->grants.has(Grant::push));
    CHECK_FALSE(plan->same_repository);
    CHECK(plan->build.secrets.empty());
    CHECK(plan->build.ssh.empty());
    CHECK(plan->login_hosts.empty());
    CHECK_FALSE(plan->cache_service);
    CHECK(plan->cache_from.empty());
    CHECK(plan->cache_to.empty());
    CHECK_FALSE(plan->outputs.registry);
    CHECK(plan->outputs.load);
    CHECK_FALSE(plan->reuse);
    CHECK(std::ranges::count(warning_titles(*plan), "Secrets left out") == 1);
    for (const Warning& warning : plan->warnings)
        CHECK_FALSE(warning.message.contains("s3cr3t"));
}

TEST_CASE("trusted builds get the secrets that the workflow gives, pushed or not") {
    const Inputs given = inputs(kAllSecrets, {{"VARIABLE", "s3cr3t-2"}});
    for (const Facts& found : {facts(), facts_with_push(PushAccess::denied, "no")}) {
        const Plan plan = decide(same_repository_pull_request(), given, found).value();
        CHECK(plan.build.secrets.size() == 3);
        CHECK(plan.build.ssh == Strings{"default"});
    }
}

TEST_CASE("buildx sees the logins that the workflow gives, and the GitHub token only for a push") {
    const auto [what, raw, found, hosts] = GENERATE(table<std::string, InputMap, Facts, Strings>({
        {"push with the token", InputMap{}, facts(), {"ghcr.io"}},
        {"no token", {{"token", ""}}, facts(), {}},
        {"base images from elsewhere",
         {{"registry-auth", "registry=docker.io,username=u,password=p"}},
         facts(),
         {"ghcr.io", "docker.io"}},
        {"own credentials for the image's registry", {{"password", "p"}}, facts(), {"ghcr.io"}},
        {"two images of one registry",
         {{"images", "ghcr.io/acme/app,ghcr.io/acme/other"}},
         Facts{},
         {"ghcr.io"}},
        {"no push", {{"push", "false"}}, facts(), {}},
        {"no push, base images from elsewhere",
         {{"push", "false"}, {"registry-auth", "registry=docker.io,username=u,password=p"}},
         facts(),
         {"docker.io"}},
        {"refused", InputMap{}, facts_with_push(PushAccess::denied, "no"), {}},
    }));
    CAPTURE(what);
    CHECK(decided(same_repository_pull_request(), raw, found).login_hosts == hosts);
}

TEST_CASE("a build secret that is empty is a warning where the code is trusted") {
    const Plan trusted = decided(same_repository_pull_request(), {{"secrets", "a=\nb=\nc=x"}});
    REQUIRE(warning_titles(trusted) == Strings{"Secrets left out"});
    CHECK(trusted.warnings.front().message.contains("a, b"));
    CHECK(trusted.build.secrets.size() == 1);
    CHECK(decided(fork_pull_request(), {{"secrets", "a="}}).warnings.empty());
}

TEST_CASE("a closed pull request is skipped, with a plan that does nothing") {
    const Plan plan = decided(closed_pull_request(), {{"load", "true"}});
    CHECK(plan.strategy == Strategy::skip);
    CHECK(plan.tags.empty());
    CHECK_FALSE(plan.outputs.registry);
    CHECK_FALSE(plan.outputs.load);
    CHECK(plan.login_hosts.empty());
    CHECK(plan.reason.contains("closed"));
}

TEST_CASE("branches, releases and queues are pushed under the names of their kind") {
    const auto [event, tags, number_label] = GENERATE(table<Event, Strings, std::string>({
        {push_main(), {"latest", "main", "sha-3333333"}, ""},
        {push_branch("feature/x"), {"feature-x-3333333"}, ""},
        {push_git_tag("v1.2.3"), {"1.2.3", "1.2", "1", "latest"}, ""},
        {schedule(), {"latest", "main", "sha-3333333"}, ""},
        {merge_group(), {"pr-7-" + kMerge}, "7"},
    }));
    CAPTURE(event.name, event.ref);
    const Plan plan = decided(event);
    Strings whole;
    for (const std::string& tag : tags)
        whole.push_back("ghcr.io/acme/app:" + tag);
    CHECK(plan.strategy == Strategy::push);
    CHECK(names(plan.tags) == whole);
    CHECK(label(plan.labels, kNumberLabel) == number_label);
}

TEST_CASE("every image gets every tag, the main one first") {
    Facts found = facts();
    found.push["quay.io/acme/app"] = {PushAccess::accepted, ""};
    const Plan plan = decided(
        push_branch("x"), {{"image", "acme/app"}, {"images", "quay.io/acme/app"}, {"tags", "a\nb"}}, found);
    CHECK(names(plan.tags) ==
          Strings{"ghcr.io/acme/app:a", "ghcr.io/acme/app:b", "quay.io/acme/app:a", "quay.io/acme/app:b"});
}

TEST_CASE("a repository whose name makes no image name has to name one") {
    EventContext given = pull_request_context();
    given.repository = "acme/-app-";
    const Event event = parse_event(given).value();
    const Result<Plan> plan = decide(event, inputs(), facts());
    REQUIRE_FALSE(plan);
    CHECK(plan.error().what == "No image name");
    CHECK(plan.error().fix.contains("image"));
    CHECK(decide(event, inputs({{"image", "acme/app"}}), facts()));
}

TEST_CASE("pull requests build pr-platforms, everything else platforms") {
    const InputMap raw{{"platforms", "linux/amd64,linux/arm64"}};
    CHECK(decided(same_repository_pull_request(), raw).platforms == Strings{"linux/amd64"});
    CHECK(decided(merge_group(), raw).platforms == Strings{"linux/amd64"});
    CHECK(decided(push_main(), raw).platforms == Strings{"linux/amd64", "linux/arm64"});
    CHECK(decided(push_main()).platforms.empty());
    CHECK(decided(same_repository_pull_request(), {{"pr-platforms", "linux/arm64"}}).platforms ==
          Strings{"linux/arm64"});
}

TEST_CASE("an engine that holds one platform is given one when nothing is pushed") {
    const auto [platforms, built] = GENERATE(table<std::string, std::string>({
        {"linux/arm64,linux/amd64", "linux/amd64"},
        {"linux/arm64,linux/s390x", "linux/arm64"},
    }));
    CAPTURE(platforms);
    const InputMap raw{{"pr-platforms", platforms}};
    const Plan one = decided(fork_pull_request(), raw, facts_without_containerd_store());
    CHECK(one.platforms == Strings{built});
    CHECK(warning_titles(one) == Strings{"One platform only"});
    CHECK(decided(fork_pull_request(), raw).platforms.size() == 2);
    CHECK(decided(same_repository_pull_request(), raw, facts_without_containerd_store()).platforms.size() ==
          2);
}

TEST_CASE("an engine that holds one platform cannot load several beside a push") {
    const InputMap raw{{"platforms", "linux/amd64,linux/arm64"}, {"load", "true"}};
    const Result<Plan> plan = decide(push_main(), inputs(raw), facts_without_containerd_store());
    REQUIRE_FALSE(plan);
    CHECK(plan.error().what == "Invalid input 'load'");
    CHECK(decide(push_main(), inputs(raw), facts()));
}

TEST_CASE("the image is loaded when nothing is pushed or load asks for it, and never written twice") {
    const auto [event, raw, registry, load] = GENERATE(table<Event, InputMap, bool, bool>({
        {same_repository_pull_request(), InputMap{}, true, false},
        // The docker driver's push leaves the image in the engine.
        {same_repository_pull_request(), {{"load", "true"}}, true, false},
        {same_repository_pull_request(), {{"load", "true"}, {"driver", "docker-container"}}, true, true},
        {same_repository_pull_request(), {{"driver", "docker-container"}}, true, false},
        {same_repository_pull_request(), {{"push", "false"}}, false, true},
        {fork_pull_request(), InputMap{}, false, true},
        {fork_pull_request(), {{"driver", "docker-container"}}, false, true},
    }));
    CAPTURE(event.name, raw);
    const Plan plan = decided(event, raw);
    CHECK(plan.outputs.registry == registry);
    CHECK(plan.outputs.load == load);
}

TEST_CASE("the builder is chosen for what this build needs") {
    const auto [what, event, raw, driver] = GENERATE(table<std::string, Event, InputMap, Driver>({
        {"no cache", same_repository_pull_request(), {{"cache", "none"}}, Driver::docker},
        {"cache written", same_repository_pull_request(), InputMap{}, Driver::docker_container},
        {"cache only read", push_git_tag("v1"), InputMap{}, Driver::docker_container},
        {"registry cache only read", push_git_tag("v1"), {{"cache-from", "acme/app:cache"}}, Driver::docker},
        {"inline cache", push_main(), {{"cache-to", "mode=min,type=inline"}}, Driver::docker},
        {"platforms",
         push_main(),
         {{"cache", "none"}, {"platforms", "linux/amd64,linux/arm64"}},
         Driver::docker_container},
        {"provenance",
         push_main(),
         {{"cache", "none"}, {"provenance", "mode=max"}},
         Driver::docker_container},
        {"no provenance",
         push_main(),
         {{"cache", "none"}, {"provenance", "false"}, {"sbom", "false"}},
         Driver::docker},
        {"sbom", push_main(), {{"cache", "none"}, {"sbom", "true"}}, Driver::docker_container},
        {"fork", fork_pull_request(), InputMap{}, Driver::docker},
    }));
    CAPTURE(what);
    CHECK(decided(event, raw, facts_without_containerd_store()).builder.driver == driver);
    CHECK(decided(event, raw).builder.driver == Driver::docker);
}

TEST_CASE("a container that pushes to loopback is in the host's network") {
    const Plan plan = decided(push_main(), {{"image", "localhost:5000/app"}, {"driver", "docker-container"}},
                              facts("localhost:5000/app"));
    CHECK(texts(plan.builder.driver_opts) == Strings{"network=host"});
}

TEST_CASE("the commit in the workspace has to be the pull request's") {
    const auto [event, checked_out] = GENERATE(table<Event, std::string>({
        {same_repository_pull_request(), kHead},
        {same_repository_pull_request(), kMerge},
        {fork_pull_request(), kMerge},
        {pull_request_target(kSameRepository), kHead},
        {merge_group(), kMerge},
        {push_main(), kMain},
        {push_main(), kOther},
    }));
    CAPTURE(event.name, checked_out);
    CHECK(decided(event, {}, facts_with_checkout(checked_out)).warnings.empty());
}

TEST_CASE("the base branch in the workspace is an error, another commit a warning") {
    const Event event = pull_request_target(kSameRepository);
    const Result<Plan> base = decide(event, inputs(), facts_with_checkout(kMain));
    REQUIRE_FALSE(base);
    CHECK(base.error().what == "Wrong commit checked out");
    CHECK(base.error().why.contains(kMain));
    CHECK(base.error().why.contains(kHead));
    CHECK(base.error().fix.contains("actions/checkout"));
    CHECK(message(decide(event, inputs(), facts_with_checkout(kOther)))
              .starts_with("Wrong commit checked out"));
    CHECK(warning_titles(decided(same_repository_pull_request(), {}, facts_with_checkout(kOther))) ==
          Strings{"Another commit is checked out"});
}

TEST_CASE("trust in a pull request that inputs name reaches no further than its commit") {
    const Event event = GENERATE(workflow_run(), issue_comment(), workflow_dispatch());
    CAPTURE(event.name);
    const Inputs given = inputs_for_pull_request();
    Facts found = facts_with_pull_request();
    found.checked_out = sha(kHead);
    CHECK(decide(event, given, found)->warnings.empty());
    for (const std::string& other : {kMain, kOther}) {
        found.checked_out = sha(other);
        const Result<Plan> plan = decide(event, given, found);
        REQUIRE_FALSE(plan);
        CHECK(plan.error().what == "Wrong commit checked out");
    }
}

TEST_CASE("only looks that are worth their time are asked for") {
    struct Row {
        std::string what;
        Event event;
        Inputs given;
        bool push;
        bool existing;
        bool pull_request;
    };
    const Row row = GENERATE(values<Row>({
        {"pull request", same_repository_pull_request(), inputs(), true, true, false},
        {"no reuse", same_repository_pull_request(), inputs({{"reuse", "false"}}), true, false, false},
        {"no push", same_repository_pull_request(), inputs({{"push", "false"}}), false, false, false},
        {"fork", fork_pull_request(), inputs(), false, false, false},
        {"gone fork", deleted_fork_pull_request(), inputs(), false, false, false},
        {"fork on target", pull_request_target(kFork), inputs(), false, false, false},
        {"closed", closed_pull_request(), inputs(), false, false, false},
        {"queue", merge_group(), inputs(), true, true, false},
        {"main", push_main(), inputs(), true, false, false},
        {"git tag", push_git_tag("v1"), inputs(), true, false, false},
        {"workflow_run", workflow_run(), inputs_for_pull_request(), true, true, true},
        {"dispatch", workflow_dispatch(), inputs(), true, false, false},
        {"dispatch for one", workflow_dispatch(), inputs_for_pull_request(), true, true, true},
    }));
    CAPTURE(row.what);
    const Result<Questions> asked = questions(row.event, row.given);
    REQUIRE(asked);
    CHECK(names(asked->push_access) == (row.push ? Strings{"ghcr.io/acme/app"} : Strings{}));
    CHECK(asked->existing.has_value() == row.existing);
    CHECK(asked->pull_request.has_value() == row.pull_request);
    if (asked->existing)
        CHECK(names(decide(row.event, row.given, facts_with_pull_request())->tags).front() ==
              asked->existing->string());
}

TEST_CASE("a bad combination is refused before anything is looked at") {
    CHECK_FALSE(questions(workflow_run(), inputs()));
    CHECK_FALSE(questions(same_repository_pull_request(), inputs({{"tags", "latest"}})));
    CHECK_FALSE(questions(same_repository_pull_request(), inputs({{"pr-number", "8"}})));
    CHECK_FALSE(questions(same_repository_pull_request(), inputs({{"sha", kOther}})));
}

TEST_CASE("a plan is made anywhere when probes are off") {
    const Event event =
        GENERATE(same_repository_pull_request(), push_main(), push_git_tag("v1"), merge_group());
    const Plan plan = decided(event, {{"probe", "false"}}, Facts{});
    CHECK(plan.strategy == Strategy::push);
    CHECK(plan.builder.driver == Driver::docker);
    CHECK_FALSE(plan.hash.empty());
}

TEST_CASE("the same event, inputs and facts give the same plan") {
    const Plan one = decided(same_repository_pull_request());
    const Plan other = decided(same_repository_pull_request());
    CHECK(one.labels == other.labels);
    CHECK(one.hash == other.hash);
    CHECK(one.reason == other.reason);
}

TEST_CASE("a plan without a broken cache keeps the others, and the service's token as long as one needs it") {
    Plan plan;
    plan.cache_from = {cache("type=gha,scope=a"), cache("type=registry,ref=a/b")};
    plan.cache_to = {cache_to("type=gha,scope=a")};
    plan.cache_service = true;
    const Plan unwritten = without_caches(plan, {.from = {}, .to = {cache_to("type=gha,scope=a")}});
    CHECK(unwritten.cache_from == plan.cache_from);
    CHECK(unwritten.cache_to.empty());
    CHECK(unwritten.cache_service);
    CHECK_FALSE(unwritten.build.no_cache);
    const Plan alone = without_caches(unwritten, {.from = {cache("type=gha,scope=a")}, .to = {}});
    CHECK(texts(alone.cache_from) == Strings{"type=registry,ref=a/b"});
    CHECK_FALSE(alone.cache_service);
    const Plan anew = without_caches(plan, {.from = {}, .to = {}, .steps = true});
    CHECK(anew.build.no_cache);
    CHECK(anew.cache_to == plan.cache_to);
}

TEST_CASE("a strategy is shown by its name") {
    CHECK(to_string(Strategy::push) == "push");
    CHECK(to_string(Strategy::fallback) == "fallback");
    CHECK(to_string(Strategy::skip) == "skip");
}
