#include "github/pull_request_states.hpp"

#include "fakes/package_server.hpp"
#include "unit/github/world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace pr_image;
using github::World;

namespace {

constexpr text::Timestamp kClosed{std::chrono::hours(495'000)};

PullRequestNumber number(int value) {
    return PullRequestNumber::parse(std::to_string(value)).value();
}

}  // namespace

TEST_CASE("a pull request is open, closed since a time, or not there") {
    World world;
    fakes::PackageServer server;
    server.api().add_token("ghs_good", {});
    server.api().set_pull_request("acme/app", 7, {.open = false, .closed_at = kClosed});
    server.api().set_pull_request("acme/app", 8, {});
    const auto ask = [&](int which) {
        return world.run(github::pull_request_state(world.api(server.api_url()), "acme/app", number(which)))
            .value();
    };
    REQUIRE(ask(7));
    CHECK_FALSE(ask(7)->open);
    CHECK(ask(7)->closed_at == kClosed);
    CHECK(ask(8)->open);
    CHECK(ask(8)->head_sha == std::string(40, '0'));
    CHECK_FALSE(ask(9));
}

TEST_CASE("all pull requests come highest number first, page by page") {
    World world;
    fakes::PackageServer server;
    server.api().add_token("ghs_good", {});
    for (std::uint32_t i = 1; i <= 150; ++i)
        server.api().set_pull_request("acme/app", i, {.open = i % 2 == 0, .closed_at = kClosed});
    const auto page = world.run(github::list_pull_requests(world.api(server.api_url()), "acme/app", 1));
    REQUIRE(page);
    CHECK(page->pages.last == 2);
    CHECK(page->states.size() == 100);
    CHECK(page->states.begin()->first == number(51));
}

TEST_CASE("a token that may not see pull requests is told which permission it needs") {
    World world;
    fakes::PackageServer server;
    server.api().add_token("ghs_good", {.see_pull_requests = false});
    const auto state =
        world.run(github::pull_request_state(world.api(server.api_url()), "acme/app", number(7)));
    REQUIRE_FALSE(state);
    CHECK(state.error().error.fix.contains("pull-requests: read"));
}

TEST_CASE("a state that is neither open nor closed is no state") {
    const auto states = github::parse_pull_requests(
        R"([{"number":1,"state":"weird"},{"number":2,"state":"open"},{"number":"3","state":"open"},{"state":"open"}])");
    REQUIRE(states);
    CHECK(states->size() == 1);
    CHECK_FALSE(github::parse_pull_requests("{}"));
}
