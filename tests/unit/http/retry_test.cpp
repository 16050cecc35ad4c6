#include "http/retry.hpp"

#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "http/date.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <atomic>
#include <memory>

using namespace pr_image;
using namespace std::chrono_literals;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;
using http::Request;
using http::RetryPolicy;
using http::Url;
using std::chrono::milliseconds;

TEST_CASE("Retry-After is seconds or an HTTP date") {
    // 1994-11-06 08:49:00 UTC
    const std::chrono::system_clock::time_point now{std::chrono::seconds(784111740)};
    const auto [value, expected] = GENERATE(table<std::string, std::optional<milliseconds>>({
        {"120", 120'000ms},
        {" 0 ", 0ms},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 37'000ms},
        {"Sun, 06 Nov 1994 08:48:37 GMT", 0ms},
        {"", std::nullopt},
        {"-1", std::nullopt},
        {"1.5", std::nullopt},
        {"999999999999", std::nullopt},
        {"Sun, 99 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:37 CET", std::nullopt},
        {"Sun, 06 Nov 9999 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 0001 08:49:37 GMT", std::nullopt},
        {"Sunday, 06-Nov-94 08:49:37 GMT", std::nullopt},
        {"soon", std::nullopt},
    }));
    CAPTURE(value);
    CHECK(http::parse_retry_after(value, now) == expected);
}

TEST_CASE("an answer asks to wait by its own clock, or not at all") {
    http::Headers headers;
    CHECK_FALSE(http::asked_delay(headers));
    headers.set("Date", "Sun, 06 Nov 1994 08:49:00 GMT");
    headers.set("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http::asked_delay(headers) == 37s);
    headers.set("Retry-After", "soon");
    CHECK_FALSE(http::asked_delay(headers));
}

TEST_CASE("times in an answer are meant by the clock of the server, where it says what that shows") {
    const std::chrono::system_clock::time_point said{std::chrono::seconds(784111740)};
    http::Headers headers;
    headers.set("Date", "Sun, 06 Nov 1994 08:49:00 GMT");
    CHECK(http::server_time(headers) == said);
    const auto before = std::chrono::system_clock::now();
    for (const char* unsaid : {"", "now", "Sun, 31 Feb 1994 08:49:00 GMT"}) {
        headers.set("Date", unsaid);
        CHECK(http::server_time(headers) >= before);
    }
    CHECK(http::server_time({}) >= before);
}

TEST_CASE("a Retry-After date is obeyed whatever this machine's clock shows") {
    std::atomic<int> count = 0;
    // As from a server an hour behind: by this machine's clock the date is long past.
    const HttpServer server([&](const Seen&) {
        if (++count > 1) return Reply{};
        return Reply{.status = 503,
                     .headers = {{"Date", "Sun, 06 Nov 1994 08:49:00 GMT"},
                                 {"Retry-After", "Sun, 06 Nov 1994 08:49:01 GMT"}}};
    });
    boost::asio::io_context loop;
    const http::Client client(loop.get_executor(), {});
    const auto started = std::chrono::steady_clock::now();
    const auto outcome = fakes::run_coroutine(
        loop, http::send_with_retry(client, {.url = Url::parse(server.url()).value()}, {.first_delay = 1ms}));
    REQUIRE(outcome);
    CHECK(outcome->status == 200);
    CHECK(std::chrono::steady_clock::now() - started >= 1s);
    // The answer that came last has no date: what the one before said still stands.
    CHECK(client.server_time() == std::chrono::system_clock::time_point(std::chrono::seconds(784111740)));
}

TEST_CASE("a name service that does not answer is asked for fifteen seconds at least") {
    const http::Outcome<http::Response> no_answer = std::unexpected(http::failure_of(
        http::Step::resolve, boost::asio::error::host_not_found_try_again, "https://example.test"));
    const http::Outcome<http::Response> no_such_name = std::unexpected(
        http::failure_of(http::Step::resolve, boost::asio::error::host_not_found, "https://example.test"));
    const RetryPolicy policy = http::policy_after({}, no_answer);
    milliseconds waited = 0ms;
    for (int failed = 1; const auto delay = async::retry_delay(policy, failed, std::nullopt, 1h, 0.0);
         ++failed)
        waited += *delay;
    CHECK(waited >= 15s);
    CHECK(http::policy_after({}, no_such_name).attempts == RetryPolicy{}.attempts);
    CHECK(http::policy_after({.attempts = 1}, no_answer).attempts == 1);
}

namespace {

RetryPolicy quick() {
    return {.attempts = 4, .first_delay = 1ms, .max_delay = 2ms, .deadline = 60s};
}

http::Outcome<http::Response> send(Request request, RetryPolicy policy) {
    boost::asio::io_context context;
    http::Client client(context.get_executor(), {});
    return fakes::run_coroutine(context, http::send_with_retry(client, std::move(request), policy));
}

}  // namespace

TEST_CASE("a request is repeated until the server recovers") {
    std::atomic<int> calls = 0;
    const int status = GENERATE(408, 425, 429, 500, 502, 503, 504);
    const HttpServer server([&](const Seen&) {
        return ++calls < 3 ? Reply{.status = status, .headers = {{"Retry-After", "0"}}} : Reply{.body = "ok"};
    });
    const http::Outcome<http::Response> response = send({.url = Url::parse(server.url()).value()}, quick());
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK(calls == 3);
}

TEST_CASE("a status that will not change is given at once") {
    const int status = GENERATE(200, 400, 401, 403, 404, 409, 501);
    const HttpServer server([&](const Seen&) { return Reply{.status = status}; });
    const http::Outcome<http::Response> response = send({.url = Url::parse(server.url()).value()}, quick());
    CHECK(response->status == status);
    CHECK(server.requests().size() == 1);
}

TEST_CASE("the attempts end, and the last answer is given") {
    const HttpServer server([](const Seen&) { return Reply{.status = 503, .body = "down"}; });
    const http::Outcome<http::Response> response = send({.url = Url::parse(server.url()).value()}, quick());
    REQUIRE(response);
    CHECK(response->body == "down");
    CHECK(server.requests().size() == 4);
}

TEST_CASE("a POST is sent once, unless the caller says that twice does no harm") {
    const HttpServer server([](const Seen&) { return Reply{.status = 503}; });
    Request request{.method = http::Method::post, .url = Url::parse(server.url()).value(), .body = "x"};
    REQUIRE(send(request, quick()));
    CHECK(server.requests().size() == 1);
    RetryPolicy policy = quick();
    policy.any_method = true;
    REQUIRE(send(request, policy));
    CHECK(server.requests().size() == 5);
}

TEST_CASE("a connection that nobody accepts is tried again") {
    std::uint16_t port = 0;
    {
        const HttpServer gone([](const Seen&) { return Reply{}; });
        port = gone.port();
    }
    const Url url = Url::parse("http://127.0.0.1:" + std::to_string(port)).value();
    const http::Outcome<http::Response> response = send({.url = url}, quick());
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == http::FailureKind::connect);
}

TEST_CASE("bytes that the sink has seen are not sent to it again") {
    const HttpServer server(
        [](const Seen&) { return Reply{.raw = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"}; });
    auto seen = std::make_shared<std::string>();
    Request request{.url = Url::parse(server.url()).value()};
    request.sink.write = [seen](std::string_view piece) -> boost::asio::awaitable<Result<void>> {
        *seen += piece;
        co_return Result<void>{};
    };
    const http::Outcome<http::Response> response = send(std::move(request), quick());
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == http::FailureKind::closed);
    CHECK(*seen == "half");
    CHECK(server.requests().size() == 1);
}
