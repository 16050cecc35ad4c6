#include "plan/build/default_context.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

TEST_CASE("{{defaultContext}} is this repository at the commit, with what follows it") {
    const std::string address = default_context(push_main(), sha(kMain));
    CHECK(address == "https://github.com/Acme/App.git#" + kMain);
    CHECK(with_default_context("{{defaultContext}}", address) == address);
    CHECK(with_default_context("{{ defaultContext }}:docker/app", address) == address + ":docker/app");
    CHECK(with_default_context("https://example.org/x.git", address) == "https://example.org/x.git");
}

TEST_CASE("only {{defaultContext}} in front is one") {
    CHECK(names_default_context("{{defaultContext}}"));
    CHECK(names_default_context("{{ defaultContext }}:x"));
    for (const std::string_view context :
         {"", ".", "x{{defaultContext}}", "{{defaultcontext}}", "{{defaultContext", "{{x}}"})
        CHECK_FALSE(names_default_context(context));
}

TEST_CASE("git's token is for the server that this run is on") {
    const auto [server, id] = GENERATE(table<std::string, std::string>({
        {"https://github.com", "GIT_AUTH_TOKEN.github.com"},
        {"http://10.0.0.5:22827", "GIT_AUTH_TOKEN.10.0.0.5:22827"},
        {"https://github.example.org/", "GIT_AUTH_TOKEN.github.example.org"},
    }));
    Event event = push_main();
    event.server_url = server;
    CHECK(git_token_id(event) == id);
}

TEST_CASE("an address names its commit only in full, and only to git") {
    const auto [context, commit] = GENERATE(table<std::string, std::string>({
        {"https://github.com/a/b.git#" + kHead, kHead},
        {"https://github.com/a/b.git#" + kHead + ":sub/folder", kHead},
        {"git@github.com:a/b#" + kHead, kHead},
        {"ssh://git@h/a#" + kHead, kHead},
        {"github.com/a/b#" + kHead, kHead},
        {"https://h/b.git#" + std::string(64, 'a'), std::string(64, 'a')},
        {"https://github.com/a/b.git", ""},
        {"https://github.com/a/b.git#", ""},
        {"https://github.com/a/b.git#main", ""},
        {"https://github.com/a/b.git#1111111", ""},
        {"https://github.com/a/b.git#" + kHead + "1", ""},
        {"https://github.com/a/b.git#refs/heads/" + kHead, ""},
        {"https://h/b.tar.gz#" + kHead, ""},
        {".", ""},
    }));
    CAPTURE(context);
    const std::optional<CommitSha> found = fetched_commit(context);
    CHECK((found ? found->string() : "") == commit);
}
