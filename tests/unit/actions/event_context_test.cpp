#include "actions/event_context.hpp"

#include "support.hpp"
#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <string>

using namespace pr_image;
using actions::read_event_context;
using test::environment;
using test::Folder;

TEST_CASE("the event comes with its payload and the run it belongs to") {
    const Folder folder;
    folder.write("event.json", "{\"number\":1}\n");
    const auto context = read_event_context(environment({{"GITHUB_EVENT_PATH", folder.path("event.json")},
                                                         {"GITHUB_EVENT_NAME", "pull_request"},
                                                         {"GITHUB_REPOSITORY", "acme/app"},
                                                         {"GITHUB_REPOSITORY_ID", "7"},
                                                         {"GITHUB_REF", "refs/pull/1/merge"},
                                                         {"GITHUB_SHA", "abc"},
                                                         {"GITHUB_ACTOR", "someone"},
                                                         {"GITHUB_RUN_ID", "9"},
                                                         {"GITHUB_RUN_ATTEMPT", "2"},
                                                         {"GITHUB_WORKSPACE", "/github/workspace"}}));
    REQUIRE(context);
    CHECK(context->payload == "{\"number\":1}\n");
    CHECK(context->event_name == "pull_request");
    CHECK(context->repository == "acme/app");
    CHECK(context->repository_id == "7");
    CHECK(context->ref == "refs/pull/1/merge");
    CHECK(context->sha == "abc");
    CHECK(context->actor == "someone");
    CHECK(context->run_id == "9");
    CHECK(context->run_attempt == "2");
    CHECK(context->server_url == "https://github.com");
    CHECK(context->workspace == "/github/workspace");
}

TEST_CASE("outside Actions there is no payload and the workspace is where one stands") {
    const auto context = read_event_context(environment({}));
    REQUIRE(context);
    CHECK(context->payload.empty());
    CHECK(context->workspace == std::filesystem::current_path().string());
}

TEST_CASE("a payload that is announced must be there, be a file, and be of a size that GitHub sends") {
    const Folder folder;
    folder.write("large.json", std::string(25U * 1024 * 1024 + 1, ' '));
    for (const std::string name : {"missing.json", "", "large.json"}) {
        const auto context = read_event_context(environment({{"GITHUB_EVENT_PATH", folder.path(name)}}));
        CAPTURE(name);
        REQUIRE_FALSE(context);
        CHECK(context.error().why.find("GITHUB_EVENT_PATH") != std::string::npos);
    }
}
