#include "plan/cleanup/inputs.hpp"

#include "support/text_paths.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <string>

using namespace pr_image;
using namespace pr_image::plan::cleanup;
using std::chrono::days;
using std::chrono::hours;

namespace {

plan::Event event_of(plan::EventKind kind, std::optional<std::string> number) {
    plan::Event event;
    event.kind = kind;
    event.repository = "acme/app";
    event.default_branch = "main";
    event.server_url = "https://github.com";
    if (number) {
        event.pull_request = plan::PullRequest{.number = *PullRequestNumber::parse(*number),
                                               .head_sha = {},
                                               .head_ref = {},
                                               .base_ref = {},
                                               .closed = true};
    }
    return event;
}

}  // namespace

TEST_CASE("clean-up's inputs have safe defaults") {
    const Result<Inputs> inputs = parse_inputs({}, support::TextPaths("/work"));
    REQUIRE(inputs);
    CHECK_FALSE(inputs->dry_run);
    CHECK(inputs->branch_retention == days(7));
    CHECK_FALSE(inputs->untagged);
    CHECK_FALSE(inputs->keep);
    CHECK(inputs->backend == BackendKind::automatic);
    CHECK_FALSE(inputs->cache_file);
}

TEST_CASE("clean-up's inputs are read") {
    const Result<Inputs> inputs = parse_inputs({{"dry-run", "true"},
                                                {"pr-retention", "12h"},
                                                {"branch-retention", "off"},
                                                {"untagged", "14d"},
                                                {"keep", "3"},
                                                {"protected-tags", "v*, prod"},
                                                {"concurrency", "8"},
                                                {"cleanup-backend", "oci"},
                                                {"cleanup-cache", ".cache/manifests"}},
                                               support::TextPaths("/work"));
    REQUIRE(inputs);
    CHECK(inputs->dry_run);
    CHECK(inputs->pr_retention == hours(12));
    CHECK_FALSE(inputs->branch_retention);
    CHECK(inputs->untagged == days(14));
    CHECK(inputs->keep == 3U);
    CHECK(inputs->protected_tags == std::vector<std::string>{"v*", "prod"});
    CHECK(inputs->concurrency == 8);
    CHECK(inputs->backend == BackendKind::oci);
    CHECK(inputs->cache_file->string() == "/work/.cache/manifests");
}

TEST_CASE("a wrong input of clean-up is named in the error") {
    const auto [name, value] = GENERATE(table<std::string, std::string>({
        {"dry-run", "yes"},
        {"pr-retention", "soon"},
        {"pr-retention", "off"},
        {"branch-retention", "-1d"},
        {"untagged", "true"},
        {"keep", "0"},
        {"keep", "-1"},
        {"keep", "many"},
        {"protected-tags", "v*,*"},
        {"concurrency", "0"},
        {"concurrency", "65"},
        {"cleanup-backend", "ghcr"},
        {"cleanup-cache", "../outside"},
        {"cleanup-cache", ".git/manifests"},
        {"cleanup-cache", "/tmp/manifests"},
        {"cleanup-cache", "~/manifests"},
    }));
    CAPTURE(name, value);
    const Result<Inputs> inputs = parse_inputs({{name, value}}, support::TextPaths("/work"));
    REQUIRE_FALSE(inputs);
    CHECK(inputs.error().what.contains("'" + name + "'"));
}

TEST_CASE("a run about one pull request is about nothing else, and needs no retention") {
    plan::Inputs common;
    const plan::Event closed = event_of(plan::EventKind::pull_request, "7");
    const Policy one = make_policy(closed, common, {});
    REQUIRE(one.only);
    CHECK(one.only->value() == 7);
    CHECK(one.pr_retention == hours(0));

    common.subject.pr_number = *PullRequestNumber::parse("9");
    const Policy by_hand = make_policy(event_of(plan::EventKind::ref, std::nullopt), common, {});
    CHECK(by_hand.only->value() == 9);
    CHECK(by_hand.pr_retention == hours(0));
    CHECK(make_policy(closed, common, {}).only->value() == 9);
}

TEST_CASE("any other run looks at everything and leaves what was closed within a day") {
    const plan::EventKind kind = GENERATE(plan::EventKind::ref, plan::EventKind::merge_group);
    const Policy policy = make_policy(event_of(kind, std::nullopt), {}, {});
    CHECK_FALSE(policy.only);
    CHECK(policy.pr_retention == hours(24));
    CHECK(make_policy(event_of(kind, std::nullopt), {}, {.pr_retention = hours(0)}).pr_retention == hours(0));
}

TEST_CASE("only globs that the workflow wrote hold for a pull request's own tags") {
    const plan::Event event = event_of(plan::EventKind::ref, std::nullopt);
    CHECK_FALSE(make_policy(event, {}, {}).protects_pull_requests);
    const Policy own = make_policy(event, {}, {.protected_tags = {"pr-7-*"}});
    CHECK(own.protects_pull_requests);
    CHECK(own.protected_tags == std::vector<std::string>{"pr-7-*"});
}

TEST_CASE("the back end is chosen by the registry's host, unless one is wanted") {
    const plan::Event cloud = event_of(plan::EventKind::ref, std::nullopt);
    plan::Event server = cloud;
    server.server_url = "https://github.example.com";
    CHECK(backend_for("ghcr.io", cloud, BackendKind::automatic) == BackendKind::github);
    CHECK(backend_for("docker.io", cloud, BackendKind::automatic) == BackendKind::oci);
    CHECK(backend_for("ghcr.io.example.com", cloud, BackendKind::automatic) == BackendKind::oci);
    CHECK(backend_for("containers.github.example.com", server, BackendKind::automatic) ==
          BackendKind::github);
    CHECK(backend_for("localhost:5000", cloud, BackendKind::github) == BackendKind::github);
    CHECK(backend_for("ghcr.io", cloud, BackendKind::oci) == BackendKind::oci);
}
