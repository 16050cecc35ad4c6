#include "registry/check_push.hpp"

#include "fakes/memory_registry.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

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

TEST_CASE("an upload's Location on another origin is not followed, whatever it looks like") {
    const HttpServer other([](const Seen&) { return Reply{.status = 204}; });
    const std::string form = GENERATE("http://{}/upload", "//{}/v2/acme/app/blobs/uploads/1",
                                      "HTTP://{}/upload", "http://home@{}/upload", "https://{}/upload");
    const std::string location = fmt::format(fmt::runtime(form), other.authority());
    CAPTURE(location);
    const HttpServer server([&](const Seen& seen) {
        if (seen.method == "GET") return Reply{};
        if (seen.header("Authorization").empty()) {
            return Reply{.status = 401, .headers = {{"WWW-Authenticate", R"(Basic realm="x")"}}};
        }
        return Reply{.status = 202, .headers = {{"Location", location}}};
    });
    World world(credential(server.authority(), "octocat", "secret"));
    const PushCheck check = world.run(registry::check_push(world.client, name_at(server.authority())));
    CHECK(check.access == PushAccess::accepted);
    CHECK(server.requests().back().method == "POST");
    CHECK(server.requests().back().header("Authorization") == "Basic b2N0b2NhdDpzZWNyZXQ=");
    CHECK(other.connections() == 0);
}

TEST_CASE("an upload's Location on the registry itself is cancelled there, and no redirect is followed") {
    const std::string location = GENERATE("/v2/up/1", "{origin}/v2/up/1", "../../up/1", "//{host}/v2/up/1");
    CAPTURE(location);
    const HttpServer* self = nullptr;
    const HttpServer server([&](const Seen& seen) {
        if (seen.method == "GET") return Reply{};
        if (seen.method == "DELETE")
            return Reply{.status = 307, .headers = {{"Location", "/v2/acme/app/manifests/t"}}};
        std::string here = location;
        if (const auto at = here.find("{origin}"); at != std::string::npos)
            here.replace(at, 8, self->url(""));
        if (const auto at = here.find("{host}"); at != std::string::npos)
            here.replace(at, 6, self->authority());
        return Reply{.status = 202, .headers = {{"Location", here}}};
    });
    self = &server;
    World world;
    CHECK(world.run(registry::check_push(world.client, name_at(server.authority()))).access ==
          PushAccess::accepted);
    const auto requests = server.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests.at(2).method == "DELETE");
    CHECK(requests.at(2).target.ends_with("/up/1"));
}

TEST_CASE("a push that is redirected to another origin is not answered by that one") {
    const int status = GENERATE(301, 302, 303, 307, 308);
    const HttpServer other([](const Seen&) { return Reply{.status = 202}; });
    const HttpServer server([&](const Seen& seen) {
        if (seen.method == "GET") return Reply{};
        return Reply{.status = status,
                     .headers = {{"Location", other.url("/v2/acme/app/blobs/uploads/?sig=x")}}};
    });
    World world;
    const PushCheck check = world.run(registry::check_push(world.client, name_at(server.authority())));
    CHECK(check.access == PushAccess::unreachable);
    CHECK(check.why.contains("a redirect to " + other.url("") + " that is not followed"));
    CHECK_FALSE(check.why.contains("sig"));
    CHECK(other.connections() == 0);
}
