#include "registry/authorizer.hpp"

#include "fakes/memory_registry.hpp"
#include "registry/head_manifest.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace pr_image;
using fakes::HttpServer;
using fakes::MemoryRegistry;
using fakes::Reply;
using fakes::Seen;
using registry::FailureKind;
using registry::World;

namespace {

Reference reference_at(const std::string& host, const std::string& path = "acme/app") {
    return Reference::parse(host + "/" + path + ":t").value();
}

std::size_t tokens_asked(const HttpServer& server) {
    const auto requests = server.requests();
    return static_cast<std::size_t>(
        std::ranges::count_if(requests, [](const Seen& seen) { return seen.target.starts_with("/token"); }));
}

registry::ClientOptions credential(const std::string& host) {
    return {.credentials = {{host, {"octocat", "secret"}}}};
}

}  // namespace

TEST_CASE("the token service is asked as GHCR has it, with Basic credentials") {
    MemoryRegistry store({{"octocat", {.password = "secret"}}});
    World world(credential(store.host()));
    REQUIRE(world.run(registry::head_manifest(world.client, reference_at(store.host()))));
    const auto requests = store.server().requests();
    const auto token =
        std::ranges::find_if(requests, [](const Seen& seen) { return seen.target.starts_with("/token"); });
    REQUIRE(token != requests.end());
    CHECK(token->method == "GET");
    CHECK(token->target == "/token?service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull");
    CHECK(token->header("Authorization") == "Basic b2N0b2NhdDpzZWNyZXQ=");
    CHECK(requests.back().header("Authorization") == "Bearer token-1");
}

TEST_CASE("a token is kept for its repository and asked anew for another") {
    MemoryRegistry store;
    World world;
    for (const char* path : {"acme/app", "acme/app", "acme/other", "acme/other"})
        REQUIRE(world.run(registry::head_manifest(world.client, reference_at(store.host(), path))));
    CHECK(tokens_asked(store.server()) == 2);
}

TEST_CASE("a token that the registry no longer takes is replaced once") {
    MemoryRegistry store;
    World world;
    REQUIRE(world.run(registry::head_manifest(world.client, reference_at(store.host()))));
    store.expire_tokens();
    REQUIRE(world.run(registry::head_manifest(world.client, reference_at(store.host()))));
    CHECK(tokens_asked(store.server()) == 2);
}

TEST_CASE("a registry that refuses every token is asked twice and no more") {
    const HttpServer* self = nullptr;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target.starts_with("/token")) return Reply{.body = R"({"token":"abc"})"};
        if (seen.target == "/v2/") return Reply{};
        return Reply{
            .status = 401,
            .headers = {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", self->url("/token"))}}};
    });
    self = &server;
    World world;
    const auto head = world.run(registry::head_manifest(world.client, reference_at(server.authority())));
    REQUIRE_FALSE(head);
    CHECK(head.error().kind == FailureKind::unauthorized);
    CHECK(tokens_asked(server) == 1);
}

TEST_CASE("a Basic challenge is answered once") {
    const bool accepted = true;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (accepted && seen.header("Authorization") == "Basic b2N0b2NhdDpzZWNyZXQ=")
            return Reply{.status = 404};
        return Reply{.status = 401, .headers = {{"WWW-Authenticate", R"(Basic realm="r")"}}};
    });
    World right(credential(server.authority()));
    CHECK(right.run(registry::head_manifest(right.client, reference_at(server.authority()))));
    World wrong(registry::ClientOptions{.credentials = {{server.authority(), {"octocat", "wrong"}}}});
    const auto refused = wrong.run(registry::head_manifest(wrong.client, reference_at(server.authority())));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == FailureKind::unauthorized);
    CHECK(server.requests().size() == 6);
    World nobody;
    CHECK_FALSE(nobody.run(registry::head_manifest(nobody.client, reference_at(server.authority()))));
}

TEST_CASE("a credential goes to no token service without TLS") {
    const HttpServer server([](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        return Reply{.status = 401,
                     .headers = {{"WWW-Authenticate", R"(Bearer realm="http://evil.example/token")"}}};
    });
    World world(credential(server.authority()));
    const auto head = world.run(registry::head_manifest(world.client, reference_at(server.authority())));
    REQUIRE_FALSE(head);
    CHECK(head.error().kind == FailureKind::unauthorized);
    CHECK(head.error().error.why.contains("without encryption"));
}

TEST_CASE("a credential for one registry is not shown to another") {
    const HttpServer server([](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        return Reply{.status = 401, .headers = {{"WWW-Authenticate", R"(Basic realm="r")"}}};
    });
    World world(registry::ClientOptions{.credentials = {{"ghcr.io", {"octocat", "secret"}}}});
    CHECK_FALSE(world.run(registry::head_manifest(world.client, reference_at(server.authority()))));
    for (const Seen& seen : server.requests())
        CHECK(seen.header("Authorization").empty());
}

TEST_CASE("a token service that breaks is unreachable, one that answers nonsense is unexpected") {
    const HttpServer* self = nullptr;
    int status = 500;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target.starts_with("/token")) return Reply{.status = status, .body = "<html>"};
        if (seen.target == "/v2/") return Reply{};
        return Reply{
            .status = 401,
            .headers = {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", self->url("/token"))}}};
    });
    self = &server;
    World world;
    CHECK(world.run(registry::head_manifest(world.client, reference_at(server.authority()))).error().kind ==
          FailureKind::unreachable);
    status = 200;
    CHECK(world.run(registry::head_manifest(world.client, reference_at(server.authority()))).error().kind ==
          FailureKind::unexpected);
}

TEST_CASE("a token that the token service gives is masked before anybody could show it") {
    MemoryRegistry store;
    std::vector<std::string> masked;
    World world({.mask = [&](std::string_view secret) { masked.emplace_back(secret); }});
    REQUIRE(world.run(registry::head_manifest(world.client, reference_at(store.host()))));
    CHECK(masked == std::vector<std::string>{"token-1"});
}
