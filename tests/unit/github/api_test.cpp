#include "github/api.hpp"

#include "fakes/http_server.hpp"
#include "unit/github/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using github::FailureKind;
using github::World;

TEST_CASE("a request carries the token and the version of the API") {
    const HttpServer server([](const Seen&) { return Reply{.body = "{}"}; });
    World world;
    REQUIRE(world.run(world.api(server.url("")).send("Cannot look", http::Method::get, "/user")));
    const Seen seen = server.requests().at(0);
    CHECK(seen.header("Authorization") == "Bearer ghs_good");
    CHECK(seen.header("X-GitHub-Api-Version") == "2022-11-28");
    CHECK(seen.header("Accept") == "application/vnd.github+json");
}

TEST_CASE("what may pass is tried again") {
    const int status = GENERATE(500, 502, 503, 504, 408);
    int calls = 0;
    const HttpServer server(
        [&](const Seen&) { return Reply{.status = ++calls < 3 ? status : 200, .body = "{}"}; });
    World world;
    const auto response =
        world.run(world.api(server.url("")).send("Cannot look", http::Method::delete_, "/x"));
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK(calls == 3);
}

TEST_CASE("a connection that breaks is tried again") {
    int calls = 0;
    const HttpServer server(
        [&](const Seen&) { return ++calls < 3 ? Reply{.raw = ""} : Reply{.body = "{}"}; });
    World world;
    CHECK(world.run(world.api(server.url("")).send("Cannot look", http::Method::get, "/x")));
}

TEST_CASE("what does not pass ends with GitHub's words") {
    const HttpServer server(
        [](const Seen&) { return Reply{.status = 502, .body = R"({"message":"Server Error"})"}; });
    World world;
    const auto response = world.run(world.api(server.url("")).send("Cannot look", http::Method::get, "/x"));
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::unreachable);
    CHECK(response.error().error.what == "Cannot look");
    CHECK(response.error().error.why == "GitHub's API answered 502: Server Error");
    CHECK(server.requests().size() == 4);
}

TEST_CASE("a limit is waited for as long as the server asks") {
    int calls = 0;
    const HttpServer server([&](const Seen&) {
        return ++calls < 2 ? Reply{.status = 429, .headers = {{"Retry-After", "1"}}} : Reply{.body = "{}"};
    });
    World world;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(world.run(world.api(server.url("")).send("Cannot look", http::Method::get, "/x")));
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(990));
}

TEST_CASE("a limit that lasts longer than the run's patience ends it, and says until when") {
    const HttpServer server([](const Seen&) {
        return Reply{.status = 403,
                     .headers = {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "4102444800"}},
                     .body = R"({"message":"API rate limit exceeded"})"};
    });
    World world;
    const auto response = world.run(world.api(server.url("")).send("Cannot look", http::Method::get, "/x"));
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::limited);
    CHECK(response.error().error.why.contains("2100-01-01T00:00:00"));
    CHECK(server.requests().size() == 1);
}

TEST_CASE("a redirect of the API's stays at the API: no other server sees the token or is taken for it") {
    const int status = GENERATE(301, 302, 303, 307, 308);
    const http::Method method =
        GENERATE(http::Method::get, http::Method::post, http::Method::delete_, http::Method::put);
    const HttpServer other([](const Seen&) { return Reply{.body = "{}"}; });
    const bool two_hops = GENERATE(false, true);
    const HttpServer server([&](const Seen& seen) {
        const bool first = seen.target == "/x" && two_hops;
        return Reply{.status = status, .headers = {{"Location", first ? "/y" : other.url("/stolen")}}};
    });
    World world;
    const auto response = world.run(world.api(server.url("")).send("Cannot look", method, "/x"));
    REQUIRE(response);
    CHECK(response->status == status);
    CHECK(other.connections() == 0);
}

TEST_CASE("a repository that was renamed is found at its new place of the API") {
    const HttpServer server([](const Seen& seen) {
        if (seen.target == "/repos/acme/old")
            return Reply{.status = 301, .headers = {{"Location", "/repositories/7"}}};
        return Reply{.status = seen.header("Authorization") == "Bearer ghs_good" ? 200 : 401};
    });
    World world;
    const auto response =
        world.run(world.api(server.url("")).send("Cannot look", http::Method::get, "/repos/acme/old"));
    REQUIRE(response);
    CHECK(response->status == 200);
}
