#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "http/client.hpp"
#include "http/exchange.hpp"
#include "text/utf8.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

/// Servers that answer what no server should. Every answer ends in a response within its limits or in one
/// clear failure, and is held in bounded memory meanwhile.
using namespace pr_image;
namespace asio = boost::asio;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using http::FailureKind;
using http::Outcome;
using http::Request;
using http::Response;
using http::Url;

namespace {

constexpr std::size_t kBodyLimit = 100'000;

Outcome<Response> send(const std::string& url) {
    asio::io_context context;
    http::Client client(context.get_executor(), {});
    Request request{.url = Url::parse(url).value(), .body_limit = kBodyLimit};
    request.headers.set("Authorization", "Bearer secret-of-ours");
    request.timeouts.idle = std::chrono::seconds(10);
    return fakes::run_coroutine(context, client.exchange(std::move(request)));
}

std::string repeated(std::string_view piece, std::size_t size) {
    std::string text;
    while (text.size() < size)
        text += piece;
    return text;
}

/// An answer and what becomes of it: a status, or the failures that say what is wrong with it.
struct Row {
    std::string what;
    std::string bytes;
    int status = 0;
    std::vector<FailureKind> failures = {FailureKind::protocol};
};

const std::string kOk = "HTTP/1.1 200 OK\r\n";

std::vector<Row> rows() {
    using enum FailureKind;
    return {
        {"nothing at all", "", 0, {closed}},
        {"one byte", "H", 0, {closed, protocol}},
        {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
        {"HTTP/0.9", "<html>hello</html>\r\n\r\n"},
        {"HTTP/2's preface", std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},
        {"a TLS alert", std::string("\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", 11)},
        {"a status that is no number", "HTTP/1.1 2OO OK\r\n\r\n"},
        {"a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"},
        {"a negative status", "HTTP/1.1 -20 OK\r\n\r\n"},
        {"a version of the future", "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {"a line feed in the status line", "HTTP/1.1 200 OK\nEvil: 1\r\n\r\n"},
        {"a header without a colon", kOk + "Evil\r\nContent-Length: 0\r\n\r\n"},
        {"a header with a blank before its colon", kOk + "Content-Length : 0\r\n\r\n"},
        {"a header's name of control characters", kOk + "\x01\x02: x\r\nContent-Length: 0\r\n\r\n"},
        {"a NUL in a header", kOk + std::string("X: a\0b\r\n", 8) + "Content-Length: 0\r\n\r\n"},
        {"a carriage return in a header", kOk + "X: a\rEvil: b\r\nContent-Length: 0\r\n\r\n"},
        {"a header as long as a book",
         kOk + "X: " + repeated("x", 1 << 20) + "\r\n\r\n",
         0,
         {protocol, limit}},
        {"headers without end", kOk + repeated("X: y\r\n", 1 << 20), 0, {protocol, limit}},
        {"a status line without end", "HTTP/1.1 200 " + repeated("x", 1 << 20), 0, {protocol, limit}},
        {"interim responses without end", repeated("HTTP/1.1 100 Continue\r\n\r\n", 1 << 16), 0, {protocol}},
        {"a switch of protocols that nobody asked for",
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\n\r\nevil",
         0,
         {protocol, closed}},
        {"a length that is no number", kOk + "Content-Length: many\r\n\r\n"},
        {"a negative length", kOk + "Content-Length: -1\r\n\r\n"},
        {"a length in hex", kOk + "Content-Length: 0x10\r\n\r\n0123456789abcdef"},
        {"a length beyond 64 bits", kOk + "Content-Length: 99999999999999999999999\r\n\r\n"},
        {"the largest length", kOk + "Content-Length: 18446744073709551614\r\n\r\nx", 0, {limit, protocol}},
        {"two lengths", kOk + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"},
        {"two lengths in one header", kOk + "Content-Length: 1, 2\r\n\r\nxy"},
        {"a length and chunks", kOk + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"a length that is too long", kOk + "Content-Length: 10\r\n\r\nfive!", 0, {closed}},
        {"a length that is too short", kOk + "Content-Length: 2\r\n\r\nmore than two", 200, {}},
        {"a body beyond the limit",
         kOk + "Content-Length: 100001\r\n\r\n" + repeated("x", 100'001),
         0,
         {limit}},
        {"a body beyond the limit without a length", kOk + "\r\n" + repeated("x", 1 << 22), 0, {limit}},
        {"chunks without end",
         kOk + "Transfer-Encoding: chunked\r\n\r\n" + repeated("4\r\nevil\r\n", 1 << 20),
         0,
         {limit}},
        {"a chunk beyond 64 bits",
         kOk + "Transfer-Encoding: chunked\r\n\r\n10000000000000001\r\nx\r\n0\r\n\r\n"},
        {"the largest chunk",
         kOk + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
         0,
         {protocol, limit, closed}},
        {"a chunk that is no number", kOk + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nx\r\n0\r\n\r\n"},
        {"a negative chunk", kOk + "Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n"},
        {"a chunk without its end", kOk + "Transfer-Encoding: chunked\r\n\r\n4\r\nevilEVIL0\r\n\r\n"},
        {"a chunk's extension without end",
         kOk + "Transfer-Encoding: chunked\r\n\r\n1;" + repeated("x", 1 << 20),
         0,
         {protocol, limit}},
        {"trailers without end",
         kOk + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + repeated("X: y\r\n", 1 << 20),
         0,
         {protocol, limit}},
        {"chunks that stop", kOk + "Transfer-Encoding: chunked\r\n\r\n4\r\nev", 0, {closed}},
        {"an encoding that nobody knows", kOk + "Transfer-Encoding: evil\r\n\r\nx", 200, {protocol}},
        {"gzip that nobody asked for, small and never unpacked",
         kOk + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08!",
         200,
         {}},
        {"a redirect to nowhere", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", 302, {protocol}},
        {"a redirect to a file",
         "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
         0,
         {protocol, refused}},
        {"a redirect to a script",
         "HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)\r\nContent-Length: 0\r\n\r\n",
         0,
         {protocol, refused}},
        {"a redirect with a user",
         "HTTP/1.1 302 Found\r\nLocation: http://u:p@127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
         0,
         {protocol, refused}},
        {"a redirect of 20 KiB",
         "HTTP/1.1 302 Found\r\nLocation: /" + repeated("x", 20'000) + "\r\nContent-Length: 0\r\n\r\n",
         0,
         {protocol, refused}},
        {"a redirect that is no URL",
         "HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
         0,
         {protocol, refused}},
        {"a redirect to itself",
         "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
         0,
         {refused}},
    };
}

/// A message can be shown as it is: no control character, not the answer's bytes by the page, no secret.
void check_message(const http::Failure& failure) {
    const std::string message = text::to_string(failure.error);
    CHECK_FALSE(failure.error.what.empty());
    CHECK_FALSE(failure.error.why.empty());
    CHECK(text::is_utf8(message));
    CHECK(message.size() < 1024);
    CHECK(std::ranges::none_of(message, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    CHECK_FALSE(message.contains("secret-of-ours"));
}

}  // namespace

TEST_CASE("an answer that no server should give is one clear failure, or is within its limits") {
    for (const Row& row : rows()) {
        INFO(row.what);
        const HttpServer server([&](const Seen&) { return Reply{.raw = row.bytes}; });
        const Outcome<Response> response = send(server.url());
        if (response) {
            CHECK(response->status == row.status);
            CHECK(response->body.size() <= kBodyLimit);
        } else {
            INFO(text::to_string(response.error().error));
            CHECK(std::ranges::find(row.failures, response.error().kind) != row.failures.end());
            check_message(response.error());
        }
    }
}

TEST_CASE("an answer that is cut anywhere is a failure, or the whole answer") {
    const std::string whole =
        kOk + "Content-Type: x/y\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size);
        const HttpServer server([&](const Seen&) { return Reply{.raw = whole.substr(0, size)}; });
        const Outcome<Response> response = send(server.url());
        REQUIRE_FALSE(response);
        check_message(response.error());
    }
}

TEST_CASE("no compressed answer is asked for, so that none has to be unpacked") {
    const HttpServer server([](const Seen&) { return Reply{}; });
    REQUIRE(send(server.url()));
    CHECK(server.requests().at(0).header("Accept-Encoding").empty());
}

TEST_CASE("what an answer's surplus holds is not taken for the answer to the next request") {
    int asked = 0;
    const HttpServer server([&](const Seen&) {
        return ++asked == 1
                   ? Reply{.raw = kOk + "Content-Length: 2\r\n\r\nok" + kOk + "Content-Length: 4\r\n\r\nevil"}
                   : Reply{.body = "good"};
    });
    asio::io_context context;
    http::Client client(context.get_executor(), {});
    const Url url = Url::parse(server.url()).value();
    const Outcome<Response> first = fakes::run_coroutine(context, client.exchange(Request{.url = url}));
    const Outcome<Response> second = fakes::run_coroutine(context, client.exchange(Request{.url = url}));
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->body == "ok");
    CHECK(second->body == "good");
}
