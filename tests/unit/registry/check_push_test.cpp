#include "registry/check_push.hpp"

#include "fakes/memory_registry.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;
using fakes::HttpServer;
using fakes::MemoryRegistry;
using fakes::Reply;
using fakes::Seen;
using registry::PushAccess;
using registry::PushCheck;
using registry::World;

namespace {

ImageName name_at(const std::string& host) {
    return ImageName::parse(host + "/acme/app").value();
}

registry::ClientOptions credential(const std::string& host, const std::string& user,
                                   const std::string& password) {
    return {.credentials = {{host, {user, password}}}};
}

}  // namespace

TEST_CASE("a token that may write is accepted, and no upload is left behind") {
    MemoryRegistry store({{"octocat", {.password = "secret", .may_write = true}}});
    World world(credential(store.host(), "octocat", "secret"));
    const PushCheck check = world.run(registry::check_push(world.client, name_at(store.host())));
    CHECK(check.access == PushAccess::accepted);
    CHECK(check.why.empty());
    CHECK(store.open_uploads() == 0);
}

TEST_CASE("a token that may only read is denied in the registry's own words") {
    MemoryRegistry store({{"octocat", {.password = "secret", .may_write = false}}});
    World world(credential(store.host(), "octocat", "secret"));
    const PushCheck check = world.run(registry::check_push(world.client, name_at(store.host())));
    CHECK(check.access == PushAccess::denied);
    CHECK(check.why.contains("DENIED: permission_denied: write_package"));
}

TEST_CASE("a password that the token service refuses is not sent to anybody else") {
    MemoryRegistry store({{"octocat", {.password = "secret", .may_write = true}}});
    World world(credential(store.host(), "octocat", "wrong"));
    const PushCheck check = world.run(registry::check_push(world.client, name_at(store.host())));
    CHECK(check.access == PushAccess::unauthorized);
    for (const Seen& seen : store.server().requests()) {
        if (!seen.target.starts_with("/token")) CHECK(seen.header("Authorization").empty());
    }
}

TEST_CASE("without a credential the push is denied") {
    MemoryRegistry store;
    World world;
    CHECK(world.run(registry::check_push(world.client, name_at(store.host()))).access == PushAccess::denied);
}

TEST_CASE("each answer to the upload has its meaning") {
    const auto [status, access, requests] = GENERATE(table<int, PushAccess, std::size_t>({
        {202, PushAccess::accepted, 2},
        {401, PushAccess::unauthorized, 2},
        {403, PushAccess::denied, 2},
        {404, PushAccess::denied, 2},
        {405, PushAccess::denied, 2},
        {400, PushAccess::unreachable, 2},
        {503, PushAccess::unreachable, 5},
        {429, PushAccess::unreachable, 5},
    }));
    const HttpServer server(
        [code = status](const Seen& seen) { return seen.method == "GET" ? Reply{} : Reply{.status = code}; });
    World world;
    const PushCheck check = world.run(registry::check_push(world.client, name_at(server.authority())));
    CHECK(check.access == access);
    CHECK(check.why.empty() == (access == PushAccess::accepted));
    CHECK(server.requests().size() == requests);
}

TEST_CASE("a registry that is not there is a fact with its reason") {
    std::string host;
    {
        const HttpServer gone([](const Seen&) { return Reply{}; });
        host = gone.authority();
    }
    World world;
    const PushCheck check = world.run(registry::check_push(world.client, name_at(host)));
    CHECK(check.access == PushAccess::unreachable);
    CHECK(check.why.contains("refused"));
}

TEST_CASE("an upload's Location on another host gets no credential") {
    const HttpServer other([](const Seen&) { return Reply{.status = 204}; });
    const HttpServer server([&](const Seen& seen) {
        if (seen.method == "GET") return Reply{};
        if (seen.header("Authorization").empty()) {
            return Reply{.status = 401, .headers = {{"WWW-Authenticate", R"(Basic realm="x")"}}};
        }
        return Reply{.status = 202, .headers = {{"Location", other.url("/upload")}}};
    });
    World world(credential(server.authority(), "octocat", "secret"));
    const PushCheck check = world.run(registry::check_push(world.client, name_at(server.authority())));
    CHECK(check.access == PushAccess::accepted);
    CHECK(server.requests().back().header("Authorization") == "Basic b2N0b2NhdDpzZWNyZXQ=");
    REQUIRE(other.requests().size() == 1);
    CHECK(other.requests().at(0).method == "DELETE");
    CHECK(other.requests().at(0).header("Authorization").empty());
}
