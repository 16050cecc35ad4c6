#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "http/client.hpp"
#include "http/proxy.hpp"
#include "unit/http/send.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>
#include <utility>

using namespace pr_image;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using http::FailureKind;
using http::Method;
using http::Outcome;
using http::Request;
using http::Response;
using http::send;
using http::Url;

namespace {

Request request_with_credentials(const std::string& url) {
    Request request{.url = Url::parse(url).value()};
    request.headers.set("Authorization", "Bearer secret");
    request.headers.set("Cookie", "secret");
    request.headers.set("Accept", "x/y");
    return request;
}

}  // namespace

TEST_CASE("a redirect within one origin keeps the credentials") {
    const int status = GENERATE(301, 302, 303, 307, 308);
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/") return Reply{.status = status, .headers = {{"Location", "/there?x=1"}}};
        return Reply{.body = "here"};
    });
    const Outcome<Response> response = send(request_with_credentials(server.url()));
    REQUIRE(response);
    CHECK(response->body == "here");
    CHECK(response->url.target() == "/there?x=1");
    CHECK(server.requests().at(1).header("Authorization") == "Bearer secret");
}

TEST_CASE("a redirect to another host or port leaves the credentials behind, for good") {
    const HttpServer* home = nullptr;
    const HttpServer other([&](const Seen& seen) {
        if (seen.target == "/back") return Reply{.status = 302, .headers = {{"Location", home->url("/end")}}};
        return Reply{.body = "other"};
    });
    const std::string place = GENERATE("host", "port", "back");
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/end") return Reply{.body = "end"};
        std::string location = other.url("/x");
        if (place == "host") location = "http://localhost:" + std::to_string(other.port()) + "/x";
        if (place == "back") location = other.url("/back");
        return Reply{.status = 307, .headers = {{"Location", location}}};
    });
    home = &server;
    const Outcome<Response> response = send(request_with_credentials(server.url()));
    REQUIRE(response);
    CHECK(server.requests().at(0).header("Authorization") == "Bearer secret");
    CHECK(other.requests().at(0).header("Authorization").empty());
    CHECK(other.requests().at(0).header("Cookie").empty());
    CHECK(other.requests().at(0).header("Accept") == "x/y");
    if (place == "back") CHECK(server.requests().at(1).header("Authorization").empty());
}

TEST_CASE(
    "a response says whether a redirect led away from the server that was asked, even when it led back") {
    const HttpServer* home = nullptr;
    const HttpServer other([&](const Seen& seen) {
        if (seen.target == "/back") return Reply{.status = 302, .headers = {{"Location", home->url("/end")}}};
        return Reply{.headers = {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}};
    });
    const HttpServer server([&](const Seen& seen) {
        if (seen.target == "/end") return Reply{.headers = {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}};
        const std::string location = seen.target == "/own"   ? "/end"
                                     : seen.target == "/out" ? other.url("/x")
                                                             : other.url("/back");
        return Reply{.status = 307, .headers = {{"Location", location}}};
    });
    home = &server;
    const auto [target, left] = GENERATE(table<std::string, bool>(
        {{"/end", false}, {"/own", false}, {"/out", true}, {"/out-and-back", true}}));
    CAPTURE(target);
    boost::asio::io_context context;
    http::Client client(context.get_executor(), {});
    Request request{.url = Url::parse(server.url(target)).value()};
    const Outcome<Response> response = fakes::run_coroutine(context, client.exchange(std::move(request)));
    REQUIRE(response);
    CHECK(response->left_origin == left);
    // Nor is another server's clock taken for that of the one that was asked.
    CHECK(client.server_time().has_value() == !left);
}

TEST_CASE("a proxy's password stays with the proxy when a redirect leads past it") {
    const HttpServer direct([](const Seen&) { return Reply{.body = "direct"}; });
    const HttpServer proxy(
        [&](const Seen&) { return Reply{.status = 302, .headers = {{"Location", direct.url("/x")}}}; });
    http::ClientOptions options;
    options.proxy.http = http::parse_proxy_url("user:password@" + proxy.authority()).value();
    boost::asio::io_context context;
    http::Client client(context.get_executor(), options);
    Request request = request_with_credentials("http://registry.example/x");
    const Outcome<Response> response = fakes::run_coroutine(context, client.exchange(std::move(request)));
    REQUIRE(response);
    CHECK(response->body == "direct");
    CHECK_FALSE(proxy.requests().at(0).header("Proxy-Authorization").empty());
    const Seen seen = direct.requests().at(0);
    for (const auto& [name, value] : seen.headers.fields())
        CHECK((name == "Host" || name == "User-Agent" || name == "Accept"));
}

TEST_CASE("redirects have an end") {
    const HttpServer server([](const Seen&) { return Reply{.status = 302, .headers = {{"Location", "/"}}}; });
    Request request{.url = Url::parse(server.url()).value()};
    request.redirects = 3;
    CHECK(send(request).error().kind == FailureKind::refused);
    CHECK(server.requests().size() == 4);
}

TEST_CASE("a caller that wants no redirects gets the 3xx itself") {
    const HttpServer server(
        [](const Seen&) { return Reply{.status = 302, .headers = {{"Location", "/x"}}}; });
    Request request{.url = Url::parse(server.url()).value()};
    request.redirects = 0;
    CHECK(send(request)->status == 302);
}

TEST_CASE("each redirect status treats a POST as RFC 9110 says") {
    const auto [status, method, body] = GENERATE(table<int, std::string, std::string>({
        {301, "", ""},
        {302, "", ""},
        {303, "GET", ""},
        {307, "POST", "data"},
        {308, "POST", "data"},
    }));
    const HttpServer server([&, code = status](const Seen& seen) {
        if (seen.target == "/") return Reply{.status = code, .headers = {{"Location", "/next"}}};
        return Reply{};
    });
    Request request{.method = Method::post, .url = Url::parse(server.url()).value(), .body = "data"};
    const Outcome<Response> response = send(request);
    REQUIRE(response);
    if (method.empty()) {
        CHECK(response->status == status);
        CHECK(server.requests().size() == 1);
    } else {
        CHECK(server.requests().at(1).method == method);
        CHECK(server.requests().at(1).body == body);
    }
}

TEST_CASE("a redirect that leads out of http is a failure") {
    const std::string location = GENERATE("file:///etc/passwd", "ftp://x/", "http://u:p@x/");
    const HttpServer server(
        [&](const Seen&) { return Reply{.status = 302, .headers = {{"Location", location}}}; });
    CHECK(send({.url = Url::parse(server.url()).value()}).error().kind == FailureKind::protocol);
}
