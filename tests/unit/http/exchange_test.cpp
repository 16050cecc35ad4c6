#include "http/exchange.hpp"

#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "http/client.hpp"
#include "http/retry.hpp"
#include "text/sha256.hpp"
#include "unit/http/send.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

using namespace pr_image;
namespace asio = boost::asio;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using http::Borrowed;
using http::FailureKind;
using http::Method;
using http::Outcome;
using http::Request;
using http::Response;
using http::send;
using http::Url;

namespace {

struct Pieces {
    text::Sha256 hash;
    std::size_t bytes = 0;
    std::size_t largest = 0;
    int status = 0;
};

http::Sink sink_into(const std::shared_ptr<Pieces>& pieces) {
    return {.begin = [pieces](const Response& head) -> Result<void> {
                pieces->status = head.status;
                return {};
            },
            .write = [pieces](std::string_view piece) -> asio::awaitable<Result<void>> {
                pieces->hash.update(piece);
                pieces->bytes += piece.size();
                pieces->largest = std::max(pieces->largest, piece.size());
                co_return Result<void>{};
            }};
}

// Gives `data` in pieces of at most `most` bytes.
http::Source source_of(std::shared_ptr<const std::string> data, std::size_t announced, std::size_t most) {
    auto at = std::make_shared<std::size_t>(0);
    return {.size = announced,
            .read = [data, at, most](std::span<char> buffer) -> asio::awaitable<Result<std::size_t>> {
                const std::size_t size = std::min({buffer.size(), most, data->size() - *at});
                std::copy_n(data->begin() + static_cast<std::ptrdiff_t>(*at), size, buffer.begin());
                *at += size;
                co_return size;
            },
            .rewind = [at]() -> Result<void> {
                *at = 0;
                return {};
            }};
}

std::string pattern(std::size_t size) {
    std::string data(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        data[i] = static_cast<char>((i * 2654435761U) >> 13U);
    return data;
}

}  // namespace

TEST_CASE("a large body reaches the sink whole, in small pieces") {
    const std::string data = pattern(40'000'000);
    const HttpServer server([&](const Seen&) { return Reply{.body = data}; });
    auto pieces = std::make_shared<Pieces>();
    Request request{.url = Url::parse(server.url()).value(), .sink = sink_into(pieces), .body_limit = 10};
    const Outcome<Response> response = send(std::move(request));
    REQUIRE(response);
    CHECK(response->body.empty());
    CHECK(pieces->status == 200);
    CHECK(pieces->bytes == data.size());
    CHECK(pieces->largest <= 256 * 1024);
    CHECK(pieces->hash.finish() == text::sha256(data));
}

TEST_CASE("an error's body is for the caller and not for the sink") {
    const HttpServer server([](const Seen&) { return Reply{.status = 404, .body = "no such blob"}; });
    auto pieces = std::make_shared<Pieces>();
    const Outcome<Response> response =
        send({.url = Url::parse(server.url()).value(), .sink = sink_into(pieces)});
    REQUIRE(response);
    CHECK(response->body == "no such blob");
    CHECK(pieces->bytes == 0);
    CHECK(pieces->status == 0);
}

TEST_CASE("a sink that fails ends the request with its own error") {
    const HttpServer server([](const Seen&) { return Reply{.body = "abc"}; });
    Request request{.url = Url::parse(server.url()).value()};
    const bool at_begin = GENERATE(true, false);
    request.sink.begin = [at_begin](const Response&) -> Result<void> {
        if (at_begin) return text::fail("Cannot write", "disk full");
        return {};
    };
    request.sink.write = [](std::string_view) -> asio::awaitable<Result<void>> {
        co_return text::fail("Cannot write", "disk full");
    };
    const Outcome<Response> response = send(std::move(request));
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::local);
    CHECK(response.error().error.why == "disk full");
}

TEST_CASE("a request body is read from its source piece by piece") {
    const std::size_t size = GENERATE(as<std::size_t>{}, 0, 1, 1000, 9'000'000);
    const auto data = std::make_shared<const std::string>(pattern(size));
    const HttpServer server([](const Seen&) { return Reply{.status = 201}; });
    Request request{.method = Method::put, .url = Url::parse(server.url()).value()};
    request.body = source_of(data, size, 50'000);
    const Outcome<Response> response = send(std::move(request));
    REQUIRE(response);
    CHECK(response->status == 201);
    CHECK(server.requests().at(0).body == *data);
    CHECK(server.requests().at(0).header("Content-Length") == std::to_string(size));
}

TEST_CASE("a body that stays the caller's is sent whole, and again where the first try failed") {
    const std::size_t size = GENERATE(as<std::size_t>{}, 0, 1, 9'000'000);
    const std::string data = pattern(size);
    std::atomic<int> tries = 0;
    const HttpServer server([&](const Seen&) { return Reply{.status = ++tries == 1 ? 503 : 201}; });
    Request request{.method = Method::put, .url = Url::parse(server.url()).value()};
    request.body = Borrowed{data};
    boost::asio::io_context loop;
    const http::Client client(loop.get_executor(), {});
    const http::RetryPolicy quickly{.first_delay = std::chrono::milliseconds(1)};
    const Outcome<Response> response =
        fakes::run_coroutine(loop, send_with_retry(client, std::move(request), quickly));
    REQUIRE(response);
    CHECK(response->status == 201);
    REQUIRE(server.requests().size() == 2);
    for (const Seen& seen : server.requests()) {
        CHECK(seen.body == data);
        CHECK(seen.header("Content-Length") == std::to_string(data.size()));
    }
}

TEST_CASE("a source that ends before its size is a failure") {
    const auto data = std::make_shared<const std::string>(pattern(1000));
    const HttpServer server([](const Seen&) { return Reply{}; });
    Request request{.method = Method::put, .url = Url::parse(server.url()).value()};
    request.body = source_of(data, 1001, 600);
    const Outcome<Response> response = send(std::move(request));
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == FailureKind::local);
}

TEST_CASE("a source is read again for a redirect that keeps the body") {
    const auto data = std::make_shared<const std::string>(pattern(300'000));
    const HttpServer server([](const Seen& seen) {
        if (seen.target == "/") return Reply{.status = 307, .headers = {{"Location", "/next"}}};
        return Reply{.status = 201};
    });
    Request request{.method = Method::put, .url = Url::parse(server.url()).value()};
    request.body = source_of(data, data->size(), 100'000);
    const bool can_rewind = GENERATE(true, false);
    if (!can_rewind) std::get<http::Source>(request.body).rewind = nullptr;
    const Outcome<Response> response = send(std::move(request));
    REQUIRE(response);
    CHECK(response->status == (can_rewind ? 201 : 307));
    if (can_rewind) CHECK(server.requests().at(1).body == *data);
}
