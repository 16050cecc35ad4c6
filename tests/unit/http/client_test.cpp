#include "http/client.hpp"

#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <optional>
#include <string>
#include <utility>

using namespace pr_image;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using http::Client;
using http::FailureKind;
using http::Method;
using http::Outcome;
using http::Request;
using http::Response;
using http::Url;

namespace {

struct World {
    asio::io_context context;
    Client client{context.get_executor(), {}};

    World() = default;
    explicit World(http::ClientOptions options) : client(context.get_executor(), std::move(options)) {}

    Outcome<Response> send(Request request) {
        return fakes::run_coroutine(context, client.exchange(std::move(request)));
    }
    Outcome<Response> get(const std::string& url) { return send({.url = Url::parse(url).value()}); }
};

Request get(const HttpServer& server, std::string_view target = "/") {
    return {.url = Url::parse(server.url(target)).value()};
}

asio::awaitable<void> count_success(Client client, Request request, int& done) {
    const Outcome<Response> response = co_await client.exchange(std::move(request));
    if (response) ++done;
}

asio::awaitable<void> keep_failure(Client client, Request request, std::optional<FailureKind>& kept) {
    const Outcome<Response> response = co_await client.exchange(std::move(request));
    if (!response) kept = response.error().kind;
}

}  // namespace

TEST_CASE("a request arrives as it was made, and the response comes back whole") {
    const HttpServer server([](const Seen&) {
        return Reply{.status = 201, .headers = {{"X-A", "1"}, {"X-A", "2"}}, .body = "made"};
    });
    World world;
    Request request = get(server, "/p%2Fq?x=1");
    request.method = Method::post;
    request.headers.set("Content-Type", "text/plain");
    request.body = "hello";
    const Outcome<Response> response = world.send(std::move(request));
    REQUIRE(response);
    CHECK(response->status == 201);
    CHECK(response->body == "made");
    CHECK(response->headers.all("x-a").size() == 2);
    const Seen seen = server.requests().at(0);
    CHECK(seen.method == "POST");
    CHECK(seen.target == "/p%2Fq?x=1");
    CHECK(seen.body == "hello");
    CHECK(seen.header("Host") == server.authority());
    CHECK(seen.header("Content-Length") == "5");
    CHECK(seen.header("User-Agent").starts_with("pr-image/"));
    CHECK(seen.header("Accept-Encoding").empty());
}

TEST_CASE("a PUT without a body says that its length is 0, and a GET says nothing") {
    const HttpServer server([](const Seen&) { return Reply{}; });
    World world;
    Request put = get(server);
    put.method = Method::put;
    REQUIRE(world.send(put));
    REQUIRE(world.send(get(server)));
    CHECK(server.requests().at(0).header("Content-Length") == "0");
    CHECK(server.requests().at(1).header("Content-Length").empty());
}

TEST_CASE("a HEAD response has headers and no body") {
    const HttpServer server(
        [](const Seen&) { return Reply{.headers = {{"Content-Length", "123456789012"}}}; });
    World world;
    Request request = get(server);
    request.method = Method::head;
    const Outcome<Response> response = world.send(request);
    REQUIRE(response);
    CHECK(response->headers.get("Content-Length") == "123456789012");
    CHECK(response->body.empty());
    REQUIRE(world.send(request));
    CHECK(server.connections() == 1);
}

TEST_CASE("requests to one host share a connection") {
    const HttpServer server([](const Seen&) { return Reply{.body = "x"}; });
    World world;
    for (int i = 0; i < 3; ++i)
        REQUIRE(world.send(get(server)));
    CHECK(server.connections() == 1);
}

TEST_CASE("a connection that the server will close is not used again") {
    const HttpServer server([](const Seen&) { return Reply{.headers = {{"Connection", "close"}}}; });
    World world;
    REQUIRE(world.send(get(server)));
    REQUIRE(world.send(get(server)));
    CHECK(server.connections() == 2);
}

TEST_CASE("an idempotent request on a kept connection that has died is sent once more") {
    // The server reads the second request of each connection and drops it without a byte of answer.
    const HttpServer server([count = 0](const Seen& seen) mutable {
        if (seen.connection == 1 && ++count == 2) return Reply{.raw = ""};
        return Reply{.body = "x"};
    });
    World world;
    REQUIRE(world.send(get(server)));
    CHECK(world.send(get(server)));
    CHECK(server.connections() == 2);
}

TEST_CASE("a POST on a kept connection that has died is not sent twice") {
    const HttpServer server(
        [](const Seen& seen) { return seen.method == "POST" ? Reply{.raw = ""} : Reply{.body = "x"}; });
    World world;
    REQUIRE(world.send(get(server)));
    Request request = get(server);
    request.method = Method::post;
    const Outcome<Response> response = world.send(request);
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::closed);
    CHECK(server.requests().size() == 2);
}

TEST_CASE("a fresh connection that dies is a failure and not tried again") {
    const HttpServer server([](const Seen&) { return Reply{.raw = ""}; });
    World world;
    CHECK(world.send(get(server)).error().kind == FailureKind::closed);
    CHECK(server.requests().size() == 1);
}

TEST_CASE("at most so many connections are open to one host, and every request has its turn") {
    const HttpServer server([](const Seen&) { return Reply{.body = "x"}; });
    World world(http::ClientOptions{.connections_per_host = 2});
    int done = 0;
    for (int i = 0; i < 10; ++i) {
        asio::co_spawn(world.context, count_success(world.client, get(server), done), asio::detached);
    }
    world.context.run();
    CHECK(done == 10);
    CHECK(server.connections() <= 2);
}

TEST_CASE("a body that ends early is a failure") {
    const std::string raw = GENERATE("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf",
                                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                                     "HTTP/1.1 200 OK\r\nContent-Le");
    const HttpServer server([&](const Seen&) { return Reply{.raw = raw}; });
    World world;
    CHECK(world.send(get(server)).error().kind == FailureKind::closed);
}

TEST_CASE("a body without a length ends with its connection") {
    const HttpServer server([](const Seen&) { return Reply{.raw = "HTTP/1.0 200 OK\r\n\r\nall of it"}; });
    World world;
    CHECK(world.send(get(server))->body == "all of it");
}

TEST_CASE("chunks are put together") {
    const HttpServer server([](const Seen&) {
        return Reply{.headers = {{"Transfer-Encoding", "chunked"}},
                     .body = "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"};
    });
    World world;
    CHECK(world.send(get(server))->body == "abcde");
    CHECK(world.send(get(server))->body == "abcde");
    CHECK(server.connections() == 1);
}

TEST_CASE("what is no HTTP is a failure in words") {
    const std::string raw =
        GENERATE("SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 abc\r\n\r\n", "\r\n\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nA B: c\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
    const HttpServer server([&](const Seen&) { return Reply{.raw = raw}; });
    World world;
    const Outcome<Response> response = world.send(get(server));
    REQUIRE_FALSE(response);
    CHECK((response.error().kind == FailureKind::protocol || response.error().kind == FailureKind::closed));
    CHECK(response.error().error.what.contains(server.authority()));
}

TEST_CASE("headers beyond the limit are not read on") {
    const HttpServer server(
        [](const Seen&) { return Reply{.headers = {{"X-Long", std::string(33'000, 'a')}}, .body = "x"}; });
    World world;
    CHECK(world.send(get(server)).error().kind == FailureKind::limit);
    Request patient = get(server);
    patient.header_limit = 60'000;
    CHECK(world.send(patient));
}

TEST_CASE("a body beyond the limit is not collected, announced or not") {
    const std::string length = GENERATE("Content-Length: 1001\r\n\r\n", "\r\n");
    const HttpServer server(
        [&](const Seen&) { return Reply{.raw = "HTTP/1.1 200 OK\r\n" + length + std::string(1001, 'a')}; });
    World world;
    Request request = get(server);
    request.body_limit = 1000;
    CHECK(world.send(request).error().kind == FailureKind::limit);
    request.body_limit = 1001;
    CHECK(world.send(request));
}

TEST_CASE("interim responses are passed over, and a flood of them is not") {
    World world;
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n";
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/flood") {
            std::string flood;
            for (int i = 0; i < 100; ++i)
                flood += interim;
            return Reply{.raw = flood};
        }
        return Reply{.raw = interim + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"};
    });
    CHECK(world.send(get(server))->body == "ok");
    CHECK(world.send(get(server, "/flood")).error().kind == FailureKind::protocol);
}

TEST_CASE("a server that never answers is given up") {
    const HttpServer server([](const Seen&) { return Reply{.hang = true}; });
    World world;
    Request request = get(server);
    const bool total = GENERATE(true, false);
    (total ? request.timeouts.total : request.timeouts.idle) = 50ms;
    const Outcome<Response> response = world.send(request);
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::timeout);
    CHECK_FALSE(response.error().error.fix.empty());
}

TEST_CASE("a port that nobody listens on is a failure to connect") {
    std::string url;
    {
        const HttpServer gone([](const Seen&) { return Reply{}; });
        url = gone.url();
    }
    World world;
    const Outcome<Response> response = world.get(url);
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::connect);
    CHECK(response.error().error.why.contains("refused"));
}

TEST_CASE("localhost needs no name server, and a name that nobody has is a failure to resolve") {
    const HttpServer server([](const Seen&) { return Reply{.body = "x"}; });
    World world;
    CHECK(world.get("http://localhost:" + std::to_string(server.port()))->body == "x");
    CHECK(world.get("http://nobody.invalid/").error().kind == FailureKind::resolve);
}

TEST_CASE("a cancelled request ends at once and says so") {
    const HttpServer server([](const Seen&) { return Reply{.hang = true}; });
    World world;
    asio::cancellation_signal signal;
    std::optional<FailureKind> ended;
    asio::co_spawn(world.context, keep_failure(world.client, get(server), ended),
                   asio::bind_cancellation_slot(signal.slot(), asio::detached));
    while (server.requests().empty())
        world.context.run_for(1ms);
    signal.emit(asio::cancellation_type::terminal);
    world.context.run();
    CHECK(ended == FailureKind::cancelled);
}

TEST_CASE("a refused header sends nothing") {
    const HttpServer server([](const Seen&) { return Reply{}; });
    World world;
    Request request = get(server);
    request.headers.set("Authorization", "x\r\nX-Evil: 1");
    CHECK(world.send(request).error().kind == FailureKind::refused);
    CHECK(server.connections() == 0);
}

TEST_CASE("a Unix socket speaks HTTP, and one that is not there is a failure that names it") {
    const support::TemporaryFolder folder;
    const std::string path = (folder.path() / "engine.sock").string();
    World world(http::ClientOptions{.unix_socket = path});
    const Outcome<Response> missing = world.get("http://localhost/info");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == FailureKind::connect);
    CHECK(missing.error().error.what.contains(path));

    const HttpServer server([](const Seen&) { return Reply{.body = "engine"}; }, {.unix_socket = path});
    CHECK(world.get("http://localhost/info")->body == "engine");
    CHECK(world.get("http://localhost/info")->body == "engine");
    CHECK(server.connections() == 1);
}
