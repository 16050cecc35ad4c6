#include "fakes/memory_registry.hpp"
#include "registry/authorizer.hpp"
#include "registry/check_push.hpp"
#include "registry/head_manifest.hpp"
#include "unit/registry/world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Requests that go out together, and meet their challenges together.
using namespace pr_image;
namespace asio = boost::asio;
using fakes::HttpServer;
using fakes::MemoryRegistry;
using fakes::Reply;
using fakes::Seen;
using registry::FailureKind;
using registry::PushAccess;
using registry::World;
using std::chrono::milliseconds;

namespace {

const std::string kBasic = "Basic b2N0b2NhdDpzZWNyZXQ=";

using Head = registry::Outcome<std::optional<registry::Descriptor>>;

ImageName name_at(const std::string& host) {
    return ImageName::parse(host + "/acme/app").value();
}

Reference reference_at(const std::string& host, const std::string& path = "acme/app") {
    return Reference::parse(host + "/" + path + ":t").value();
}

registry::ClientOptions credential(const std::string& host) {
    return {.credentials = {{host, {"octocat", "secret"}}}};
}

std::size_t tokens_asked(const HttpServer& server) {
    const auto requests = server.requests();
    return static_cast<std::size_t>(
        std::ranges::count_if(requests, [](const Seen& seen) { return seen.target.starts_with("/token"); }));
}

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

template <typename T>
asio::awaitable<void> keep(asio::awaitable<T> coroutine, std::optional<T>& kept) {
    kept.emplace(co_await std::move(coroutine));
}

/// Starts a coroutine whose outcome is in `kept` after the world's context has run.
template <typename T>
void start(World& world, asio::awaitable<T> coroutine, std::optional<T>& kept) {
    asio::co_spawn(world.context, keep(std::move(coroutine), kept), rethrow);
}

/// So many looks at the same image at once.
std::vector<Head> heads_together(World& world, const std::string& host, std::size_t count) {
    std::vector<std::optional<Head>> kept(count);
    for (std::optional<Head>& head : kept)
        start(world, registry::head_manifest(world.client, reference_at(host)), head);
    world.context.restart();
    world.context.run();
    std::vector<Head> heads;
    for (std::optional<Head>& head : kept)
        heads.push_back(std::move(head).value());
    return heads;
}

Reply challenge(const std::string& value) {
    return {.status = 401, .headers = {{"WWW-Authenticate", value}}};
}

}  // namespace

TEST_CASE("a Basic login is sent by each of the requests that met the question for it together") {
    for (const std::size_t count : {2U, 3U, 8U}) {
        CAPTURE(count);
        std::atomic<std::size_t> arrived = 0;
        const HttpServer server([&](const Seen& seen) {
            if (seen.target == "/v2/") return Reply{};
            if (seen.header("Authorization") == kBasic) return Reply{.status = 404};
            ++arrived;
            Reply reply = challenge(R"(Basic realm="r")");
            reply.delay = milliseconds(1);
            reply.until = [&] { return arrived >= count; };
            return reply;
        });
        World world(credential(server.authority()));
        for (const Head& head : heads_together(world, server.authority(), count))
            CHECK(head);
        CHECK(arrived == count);
    }
}

TEST_CASE("whether a push is allowed and whether the image is there are asked together of a Basic registry") {
    std::atomic<int> arrived = 0;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.header("Authorization") == kBasic) return Reply{.status = seen.method == "POST" ? 202 : 404};
        ++arrived;
        Reply reply = challenge(R"(Basic realm="r")");
        reply.delay = milliseconds(1);
        reply.until = [&] { return arrived >= 2; };
        return reply;
    });
    World world(credential(server.authority()));
    std::optional<registry::PushCheck> push;
    std::optional<Head> head;
    start(world, registry::check_push(world.client, name_at(server.authority())), push);
    start(world, registry::head_manifest(world.client, reference_at(server.authority())), head);
    world.context.run();
    CHECK(push->access == PushAccess::accepted);
    CHECK(*head);
}

TEST_CASE("a wrong Basic login is refused once to each of several requests, and not asked for ever") {
    const HttpServer server(
        [&](const Seen& seen) { return seen.target == "/v2/" ? Reply{} : challenge(R"(Basic realm="r")"); });
    World world(credential(server.authority()));
    for (const Head& head : heads_together(world, server.authority(), 4)) {
        REQUIRE_FALSE(head);
        CHECK(head.error().kind == FailureKind::unauthorized);
    }
    const auto requests = server.requests();
    CHECK(std::ranges::count_if(requests, [](const Seen& seen) { return seen.target != "/v2/"; }) == 8);
}

TEST_CASE("requests for the same thing wait for one token") {
    const MemoryRegistry store({{"octocat", {.password = "secret"}}});
    World world(credential(store.host()));
    for (const Head& head : heads_together(world, store.host(), 6))
        CHECK(head);
    CHECK(tokens_asked(store.server()) == 1);
}

TEST_CASE("a token that went stale under several requests is replaced by one") {
    MemoryRegistry store;
    World world;
    for (int round = 1; round <= 3; ++round) {
        for (const Head& head : heads_together(world, store.host(), 6))
            CHECK(head);
        CHECK(tokens_asked(store.server()) == static_cast<std::size_t>(round));
        store.expire_tokens();
    }
}

TEST_CASE("a refusal that comes late does not throw away the token that replaced the refused one") {
    const HttpServer* self = nullptr;
    std::atomic<int> issued = 0;
    std::atomic<bool> replaced = false;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.target.starts_with("/token"))
            return Reply{.body = fmt::format(R"({{"token":"t{}"}})", ++issued)};
        const std::string carried = seen.header("Authorization");
        if (carried == "Bearer t1" && !seen.target.contains("/first/")) {
            // Stale: one of the two is told so only when the other one has its new token.
            Reply reply = challenge(fmt::format(R"(Bearer realm="{}")", self->url("/token")));
            if (seen.method == "HEAD") {
                reply.delay = milliseconds(1);
                reply.until = [&] { return replaced.load(); };
            }
            return reply;
        }
        if (carried == "Bearer t2") replaced = true;
        if (carried.empty()) return challenge(fmt::format(R"(Bearer realm="{}")", self->url("/token")));
        return Reply{.status = 404};
    });
    self = &server;
    // The first request gives its token to both of the others by its scope.
    World world;
    (void)issued;
    std::optional<registry::Outcome<http::Response>> get;
    std::optional<registry::Outcome<http::Response>> head;
    const auto ask = [&](http::Method method, const std::string& path) {
        return world.client.send("Cannot ask", name_at(server.authority()), registry::Access::pull, method,
                                 path);
    };
    REQUIRE(world.run(ask(http::Method::get, "first/x"))->status == 404);
    start(world, ask(http::Method::head, "second"), head);
    start(world, ask(http::Method::get, "second"), get);
    world.context.restart();
    world.context.run();
    CHECK((*get)->status == 404);
    CHECK((*head)->status == 404);
    CHECK(issued == 2);
}

TEST_CASE("what the token service refuses is told to each of those who wait, in its own words") {
    const HttpServer* self = nullptr;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.target.starts_with("/token")) return Reply{.status = 403, .body = R"({"details":"no"})"};
        return challenge(fmt::format(R"(Bearer realm="{}")", self->url("/token")));
    });
    self = &server;
    World world(credential(server.authority()));
    std::optional<Head> first;
    std::optional<Head> second;
    start(world, registry::head_manifest(world.client, reference_at(server.authority())), first);
    const Reference other = Reference::parse(server.authority() + "/acme/app:other").value();
    start(world, registry::head_manifest(world.client, other), second);
    world.context.run();
    REQUIRE_FALSE(*first);
    REQUIRE_FALSE(*second);
    CHECK(first->error().kind == FailureKind::unauthorized);
    CHECK(second->error().kind == FailureKind::unauthorized);
    CHECK(first->error().error.what.contains("app:t"));
    CHECK(second->error().error.what.contains("app:other"));
}

TEST_CASE("who waits for a token of a cancelled request asks for it anew") {
    const HttpServer* self = nullptr;
    std::atomic<int> asked = 0;
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/v2/") return Reply{};
        if (seen.target.starts_with("/token")) {
            if (++asked == 1) return Reply{.hang = true};
            return Reply{.body = R"({"token":"abc"})"};
        }
        if (seen.header("Authorization") == "Bearer abc") return Reply{.status = 404};
        return challenge(fmt::format(R"(Bearer realm="{}")", self->url("/token")));
    });
    self = &server;
    World world;
    asio::cancellation_signal stop;
    std::optional<Head> cancelled;
    std::optional<Head> waiting;
    asio::co_spawn(world.context,
                   keep(registry::head_manifest(world.client, reference_at(server.authority())), cancelled),
                   asio::bind_cancellation_slot(stop.slot(), rethrow));
    start(world, registry::head_manifest(world.client, reference_at(server.authority())), waiting);
    asio::steady_timer soon(world.context, milliseconds(200));
    soon.async_wait([&](const boost::system::error_code&) { stop.emit(asio::cancellation_type::terminal); });
    world.context.run();
    REQUIRE_FALSE(*cancelled);
    CHECK(cancelled->error().kind == FailureKind::cancelled);
    CHECK(*waiting);
    CHECK(asked == 2);
}

TEST_CASE("pull and push at once get a token each, for what each of them asks") {
    MemoryRegistry store({{"octocat", {.password = "secret", .may_write = true}}});
    World world(credential(store.host()));
    std::optional<registry::PushCheck> push;
    std::optional<Head> head;
    start(world, registry::check_push(world.client, name_at(store.host())), push);
    start(world, registry::head_manifest(world.client, reference_at(store.host())), head);
    world.context.run();
    CHECK(push->access == PushAccess::accepted);
    CHECK(*head);
    CHECK(tokens_asked(store.server()) == 2);
}
