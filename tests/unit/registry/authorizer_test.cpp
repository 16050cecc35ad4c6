#include "registry/authorizer.hpp"

#include "fakes/memory_registry.hpp"
#include "registry/head_manifest.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
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

TEST_CASE(
    "a token service that redirects to another origin gets no further: neither password nor token moves") {
    const int status = GENERATE(301, 302, 303, 307, 308);
    const HttpServer other([](const Seen&) { return Reply{.body = R"({"token":"foreign"})"}; });
    const HttpServer* self = nullptr;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target.starts_with("/token"))
            return Reply{.status = status, .headers = {{"Location", other.url("/token")}}};
        if (seen.target == "/v2/") return Reply{};
        return Reply{
            .status = 401,
            .headers = {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", self->url("/token"))}}};
    });
    self = &server;
    World world(credential(server.authority()));
    const auto head = world.run(registry::head_manifest(world.client, reference_at(server.authority())));
    REQUIRE_FALSE(head);
    CHECK(head.error().kind == FailureKind::unexpected);
    CHECK(head.error().error.why.contains("a redirect to " + other.url("")));
    CHECK(other.connections() == 0);
    for (const Seen& seen : server.requests())
        CHECK_FALSE(seen.header("Authorization").contains("foreign"));
}

TEST_CASE("a token service that redirects within its origin is asked there, with the credential") {
    const HttpServer tokens([](const Seen& seen) {
        if (seen.target.starts_with("/token"))
            return Reply{.status = 308, .headers = {{"Location", "/v2/token"}}};
        return seen.header("Authorization") == "Basic b2N0b2NhdDpzZWNyZXQ="
                   ? Reply{.body = R"({"token":"abc"})"}
                   : Reply{.status = 401};
    });
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.header("Authorization") == "Bearer abc") return Reply{.status = 404};
        return Reply{
            .status = 401,
            .headers = {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", tokens.url("/token"))}}};
    });
    World world(credential(server.authority()));
    CHECK(world.run(registry::head_manifest(world.client, reference_at(server.authority()))));
}

TEST_CASE("each repository is asked for by the challenge that it gave itself") {
    // As Artifactory has it: a token service for each of its repositories.
    const HttpServer* self = nullptr;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.target.starts_with("/a/token")) return Reply{.body = R"({"token":"token-a"})"};
        if (seen.target.starts_with("/b/token")) return Reply{.body = R"({"token":"token-b"})"};
        const std::string repository = seen.target.starts_with("/v2/acme/a/") ? "a" : "b";
        if (seen.header("Authorization") == "Bearer token-" + repository) return Reply{.status = 404};
        const std::string realm = self->url("/" + repository + "/token");
        return Reply{.status = 401,
                     .headers = {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", realm)}}};
    });
    self = &server;
    World world(credential(server.authority()));
    for (int round = 0; round < 2; ++round) {
        for (const char* path : {"acme/a", "acme/b", "acme/a"})
            CHECK(world.run(registry::head_manifest(world.client, reference_at(server.authority(), path))));
    }
    // Two for each way in, one guess for b at a's, and nothing twice.
    CHECK(server.requests().size() == 1 + 3 + 4 + 4);
}

TEST_CASE("a registry that asks for something else each time is asked three times") {
    const HttpServer* self = nullptr;
    std::size_t asked = 0;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.target.starts_with("/token")) return Reply{.body = R"({"token":"abc"})"};
        const bool bearer = ++asked % 2 == 1;
        const std::string value =
            bearer ? fmt::format(R"(Bearer realm="{}")", self->url("/token")) : R"(Basic realm="r")";
        return Reply{.status = 401, .headers = {{"WWW-Authenticate", value}}};
    });
    self = &server;
    World world(credential(server.authority()));
    const auto head = world.run(registry::head_manifest(world.client, reference_at(server.authority())));
    REQUIRE_FALSE(head);
    CHECK(head.error().kind == FailureKind::unauthorized);
    CHECK(asked == 3);
}

TEST_CASE("a kept token that is refused is replaced, and its replacement that is refused is the end") {
    const HttpServer* self = nullptr;
    bool good = true;
    std::size_t issued = 0;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.target.starts_with("/token"))
            return Reply{.body = fmt::format(R"({{"token":"t{}"}})", ++issued)};
        if (good && !seen.header("Authorization").empty()) return Reply{.status = 404};
        return Reply{
            .status = 401,
            .headers = {{"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", self->url("/token"))}}};
    });
    self = &server;
    World world;
    CHECK(world.run(registry::head_manifest(world.client, reference_at(server.authority()))));
    good = false;
    const auto head = world.run(registry::head_manifest(world.client, reference_at(server.authority())));
    REQUIRE_FALSE(head);
    CHECK(head.error().kind == FailureKind::unauthorized);
    CHECK(issued == 2);
    // Nothing that was refused is tried again.
    CHECK_FALSE(world.run(registry::head_manifest(world.client, reference_at(server.authority()))));
    CHECK(issued == 3);
}

TEST_CASE("of a registry's two challenges the one that keeps the password from it is answered") {
    const HttpServer* self = nullptr;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.target.starts_with("/token")) return Reply{.body = R"({"token":"abc"})"};
        if (seen.header("Authorization") == "Bearer abc") return Reply{.status = 404};
        return Reply{
            .status = 401,
            .headers = {{"WWW-Authenticate", R"(Basic realm="r")"},
                        {"WWW-Authenticate", fmt::format(R"(Bearer realm="{}")", self->url("/token"))}}};
    });
    self = &server;
    World world(credential(server.authority()));
    CHECK(world.run(registry::head_manifest(world.client, reference_at(server.authority()))));
    for (const Seen& seen : server.requests())
        CHECK((seen.target.starts_with("/token") || !seen.header("Authorization").starts_with("Basic")));
}

TEST_CASE("a token is asked anew shortly before it expires") {
    MemoryRegistry store;
    store.say_lifetime(1);
    World world;
    REQUIRE(world.run(registry::head_manifest(world.client, reference_at(store.host()))));
    REQUIRE(world.run(registry::head_manifest(world.client, reference_at(store.host()))));
    CHECK(tokens_asked(store.server()) == 2);
}
