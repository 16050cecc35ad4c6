#include "plan/who/strategy.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

Result<StrategyChoice> choose(const Event& event, const Inputs& inputs = examples::inputs(),
                              const Facts& facts = examples::facts(),
                              const std::string& image_name = "ghcr.io/acme/app") {
    const Result<Subject> subject = resolve_subject(event, inputs, facts.pull_request);
    if (!subject) return std::unexpected(subject.error());
    const Grants grants = grants_of(event, *subject, inputs.strategy);
    return choose_strategy(event, inputs, *subject, grants, {image(image_name)}, facts);
}

std::string warnings(const Result<StrategyChoice>& choice) {
    std::string all;
    for (const Warning& warning : choice->warnings)
        all += warning.title + ": " + warning.message + "\n";
    return all;
}

}  // namespace

TEST_CASE("design's strategy table: where every look ends well") {
    const auto [what, event, strategy] = GENERATE(table<std::string, Event, Strategy>({
        {"pull_request of this repository", same_repository_pull_request(), Strategy::push},
        {"pull_request of a fork", fork_pull_request(), Strategy::fallback},
        {"pull_request of a fork that is gone", deleted_fork_pull_request(), Strategy::fallback},
        {"pull_request that was closed", closed_pull_request(), Strategy::skip},
        {"pull_request_target of this repository", pull_request_target(kSameRepository), Strategy::push},
        {"push to the default branch", push_main(), Strategy::push},
        {"push to another branch", push_branch(), Strategy::push},
        {"push of a git tag", push_git_tag("v1.2.3"), Strategy::push},
        {"merge_group", merge_group(), Strategy::push},
        {"schedule", schedule(), Strategy::push},
        {"workflow_dispatch", workflow_dispatch(), Strategy::push},
        {"release", on_ref("release", "refs/tags/v1"), Strategy::push},
        {"repository_dispatch", on_ref("repository_dispatch", "refs/heads/main"), Strategy::push},
    }));
    CAPTURE(what);
    const Result<StrategyChoice> choice = choose(event);
    REQUIRE(choice);
    CHECK(choice->strategy == strategy);
    CHECK(choice->warnings.empty());
    CHECK_FALSE(choice->reason.empty());
    CHECK_FALSE(choice->reason.ends_with('.'));
}

TEST_CASE("a fork's code on an event that has secrets is refused unless the workflow asks for it") {
    const Event event =
        GENERATE(pull_request_target(kFork), pull_request_target("null"), pull_request_target("{}"));
    const Result<StrategyChoice> refused = choose(event);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what == "Untrusted code");
    CHECK(refused.error().fix.contains("untrusted: build"));

    const Result<StrategyChoice> asked = choose(event, inputs({{"untrusted", "build"}}));
    REQUIRE(asked);
    CHECK(asked->strategy == Strategy::fallback);
}

TEST_CASE("a pull request that inputs name is pushed, refused or built apart as GitHub's API says") {
    const auto [what, head, untrusted, strategy] =
        GENERATE(table<std::string, std::optional<std::uint64_t>, std::string, std::optional<Strategy>>({
            {"this repository's", kRepositoryId, "", Strategy::push},
            {"a fork's", kForkId, "", std::nullopt},
            {"a fork's, asked for", kForkId, "build", Strategy::fallback},
            {"a gone fork's", 0, "", std::nullopt},
            {"unknown", std::nullopt, "", std::nullopt},
            {"unknown, asked for", std::nullopt, "build", Strategy::fallback},
        }));
    const Event event = GENERATE(workflow_run(), issue_comment(), workflow_dispatch());
    CAPTURE(what, event.name);
    Facts found = facts();
    if (head) found.pull_request = pull_request_facts(*head);
    const Result<StrategyChoice> choice =
        choose(event, inputs_for_pull_request({{"untrusted", untrusted}}), found);
    REQUIRE(choice.has_value() == strategy.has_value());
    if (choice) CHECK(choice->strategy == *strategy);
    if (!choice) CHECK(choice.error().what == "Untrusted code");
}

TEST_CASE("the reason for distrust says what is known") {
    CHECK(choose(fork_pull_request())->reason.contains("another repository"));
    CHECK(choose(deleted_fork_pull_request())->reason.contains("is gone"));
    CHECK(choose(parse_event(pull_request_context({.head_repo = "{}"})).value())
              ->reason.contains("nobody could say"));
    CHECK(choose(workflow_run(), inputs_for_pull_request()).error().why.contains("nobody could say"));
}

TEST_CASE("a closed pull request is skipped whatever else is true of it") {
    const Event event =
        parse_event(pull_request_context({.action = "closed", .head_repo = std::string(kFork)})).value();
    CHECK(choose(event, inputs({{"push", "true"}}))->strategy == Strategy::skip);
    Facts closed = facts_with_pull_request();
    closed.pull_request->open = false;
    CHECK(choose(workflow_run(), inputs_for_pull_request(), closed)->strategy == Strategy::skip);
}

TEST_CASE("a push that the registry does not accept ends as missing-credentials says") {
    const auto [event, wish, push, strategy] =
        GENERATE(table<Event, std::string, std::string, std::optional<Strategy>>({
            {same_repository_pull_request(), "", "", Strategy::fallback},
            {same_repository_pull_request(), "auto", "", Strategy::fallback},
            {same_repository_pull_request(), "fallback", "", Strategy::fallback},
            {same_repository_pull_request(), "skip", "", Strategy::skip},
            {same_repository_pull_request(), "fail", "", std::nullopt},
            {same_repository_pull_request(), "", "true", std::nullopt},
            {same_repository_pull_request(), "skip", "true", std::nullopt},
            {dependabot_pull_request(), "", "", Strategy::fallback},
            {pull_request_target(kSameRepository), "", "", Strategy::fallback},
            {merge_group(), "", "", Strategy::fallback},
            {push_main(), "", "", std::nullopt},
            {push_main(), "auto", "", std::nullopt},
            {push_main(), "fallback", "", Strategy::fallback},
            {push_main(), "skip", "", Strategy::skip},
            {push_branch(), "", "", std::nullopt},
            {push_git_tag("v1.2.3"), "", "", std::nullopt},
            {schedule(), "", "", std::nullopt},
        }));
    const PushAccess access = GENERATE(PushAccess::denied, PushAccess::unauthorized, PushAccess::unreachable,
                                       PushAccess::not_probed);
    CAPTURE(event.name, wish, push);
    const Result<StrategyChoice> choice =
        choose(event, inputs({{"missing-credentials", wish}, {"push", push}}),
               facts_with_push(access, "denied: permission_denied: write_package"));
    REQUIRE(choice.has_value() == strategy.has_value());
    if (choice) {
        CHECK(choice->strategy == *strategy);
        CHECK(choice->warnings.size() == 1);
    } else {
        CHECK(choice.error().what == "Push not possible");
    }
}

TEST_CASE("a refused push is a warning with the registry's words and the permission that is missing") {
    const auto [what, event, raw, image_name,
                advice] = GENERATE(table<std::string, Event, InputMap, std::string, std::string>({
        {"GitHub's registry",
         same_repository_pull_request(),
         {},
         "ghcr.io/acme/app",
         "`permissions: packages: write`"},
        {"its package", same_repository_pull_request(), {}, "ghcr.io/acme/app", "acme/app"},
        {"no token",
         same_repository_pull_request(),
         {{"token", ""}},
         "ghcr.io/acme/app",
         "input token is empty"},
        {"Dependabot",
         dependabot_pull_request(),
         {},
         "ghcr.io/acme/app",
         "Dependabot's runs get a read-only token"},
        {"Dependabot elsewhere", dependabot_pull_request(), {}, "quay.io/acme/app", "Dependabot secrets"},
        {"no credentials", same_repository_pull_request(), {}, "quay.io/acme/app", "username and password"},
        {"others' credentials",
         same_repository_pull_request(),
         {{"registry-auth", "registry=quay.io,username=u,password=p"}},
         "quay.io/acme/app",
         "account may push to quay.io/acme/app"},
    }));
    CAPTURE(what);
    Facts found = facts();
    found.push[image_name] = {PushAccess::denied, "denied: write_package"};
    const Result<StrategyChoice> choice = choose(event, inputs(raw), found, image_name);
    REQUIRE(choice);
    CHECK(choice->strategy == Strategy::fallback);
    CHECK(warnings(choice).contains(advice));
    CHECK(warnings(choice).contains("denied: write_package"));
    CHECK(choice->reason.contains(image(image_name).host()));
}

TEST_CASE("an empty token with missing-credentials: fail names the token") {
    const Inputs given = inputs({{"token", ""}, {"missing-credentials", "fail"}});
    const Result<StrategyChoice> choice =
        choose(same_repository_pull_request(), given,
               facts_with_push(PushAccess::unauthorized, "authentication required"));
    REQUIRE_FALSE(choice);
    CHECK(message(choice).contains("token is empty"));
}

TEST_CASE("an unreachable registry is told apart from one that refuses") {
    const Result<StrategyChoice> choice =
        choose(same_repository_pull_request(), inputs(),
               facts_with_push(PushAccess::unreachable, "connection refused"));
    CHECK(choice->reason.contains("cannot be reached (connection refused)"));
    CHECK_FALSE(warnings(choice).contains("permissions:"));
}

TEST_CASE("every image has to be accepted") {
    const Event event = same_repository_pull_request();
    const std::vector<ImageName> images{image("ghcr.io/acme/app"), image("quay.io/acme/app")};
    const Subject subject = resolve_subject(event, inputs(), {}).value();
    const Grants grants = grants_of(event, subject, inputs().strategy);
    Facts found = facts();
    CHECK(choose_strategy(event, inputs(), subject, grants, images, found)->strategy == Strategy::fallback);
    found.push["quay.io/acme/app"] = {PushAccess::denied, "no"};
    CHECK(choose_strategy(event, inputs(), subject, grants, images, found)->strategy == Strategy::fallback);
    found.push["quay.io/acme/app"] = {PushAccess::accepted, ""};
    CHECK(choose_strategy(event, inputs(), subject, grants, images, found)->strategy == Strategy::push);
}

TEST_CASE("a fork is not asked what the registry said") {
    for (const PushAccess access : {PushAccess::accepted, PushAccess::denied}) {
        const Result<StrategyChoice> choice = choose(
            fork_pull_request(), inputs({{"missing-credentials", "fail"}}), facts_with_push(access, "x"));
        CHECK(choice->strategy == Strategy::fallback);
        CHECK(choice->warnings.empty());
    }
}

TEST_CASE("without probes the push is assumed to be accepted, and the reason says so") {
    const Event event = GENERATE(same_repository_pull_request(), push_main());
    const Result<StrategyChoice> choice = choose(event, inputs({{"probe", "false"}}), Facts{});
    CHECK(choice->strategy == Strategy::push);
    CHECK(choice->reason.contains("assumed"));
    CHECK(choose(fork_pull_request(), inputs(), Facts{})->strategy == Strategy::fallback);
}

TEST_CASE("push: false keeps the image here, push: true pushes no fork's code") {
    CHECK(choose(same_repository_pull_request(), inputs({{"push", "false"}}))->strategy ==
          Strategy::fallback);
    CHECK(choose(push_main(), inputs({{"push", "false"}}))->strategy == Strategy::fallback);
    const Result<StrategyChoice> fork = choose(fork_pull_request(), inputs({{"push", "true"}}));
    CHECK(fork->strategy == Strategy::fallback);
    CHECK(warnings(fork).contains("push: true"));
}

TEST_CASE("the GitHub token is for GitHub's own registry and sent nowhere else") {
    const auto [server, host, sent] = GENERATE(table<std::string, std::string, bool>({
        {"https://github.com", "ghcr.io", true},
        {"https://github.com", "docker.io", false},
        {"https://github.com", "ghcr.io.evil.example", false},
        {"https://github.com", "containers.github.com", false},
        {"https://github.com", "localhost:5000", false},
        {"https://ghe.example.com", "containers.ghe.example.com", true},
        {"https://ghe.example.com", "ghcr.io", false},
        {"https://ghe.example.com", "containers.evil.example", false},
        {"https://acme.ghe.com", "containers.acme.ghe.com", true},
    }));
    CAPTURE(server, host);
    EventContext given = pull_request_context();
    given.server_url = server;
    const Event event = parse_event(given).value();
    const std::optional<RegistryLogin> login = login_for(host, event, inputs());
    REQUIRE(login.has_value() == sent);
    if (!login) return;
    CHECK(login->username == "octocat");
    CHECK(login->password.reveal() == "ghs_token");
    CHECK_FALSE(login_for(host, event, inputs({{"token", ""}})));
}

TEST_CASE("credentials that the workflow gives win over the token") {
    const Event event = same_repository_pull_request();
    const Inputs given =
        inputs({{"password", "p"}, {"registry-auth", "registry=quay.io,username=u,password=q"}});
    CHECK(login_for("ghcr.io", event, given)->password.reveal() == "p");
    CHECK(login_for("ghcr.io", event, given)->username == "octocat");
    CHECK(login_for("quay.io", event, given)->username == "u");
    CHECK_FALSE(login_for("docker.io", event, given));
}

TEST_CASE("without an actor the token has GitHub's own user name") {
    EventContext given = pull_request_context();
    given.actor = "";
    CHECK(login_for("ghcr.io", parse_event(given).value(), inputs())->username == "x-access-token");
}
