#include "github/artifacts/side_by_side.hpp"

#include "fakes/run_coroutine.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
namespace asio = boost::asio;
using github::artifacts::side_by_side;

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

asio::awaitable<Result<void>> wait(std::chrono::milliseconds time, std::string end,
                                   std::vector<std::string>& log) {
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    const auto [code] = co_await timer.async_wait(kToken);
    log.push_back(code ? "cancelled" : end);
    if (end == "error" && !code) co_return text::fail("error", "of this worker");
    co_return Result<void>{};
}

}  // namespace

TEST_CASE("workers run side by side and all of them end") {
    asio::io_context context;
    std::vector<std::string> log;
    int started = 0;
    std::function<asio::awaitable<Result<void>>()> make = [&] {
        ++started;
        return wait(std::chrono::milliseconds(40 - 10 * started), std::to_string(started), log);
    };
    CHECK(fakes::run_coroutine(context, side_by_side(3, make)));
    CHECK(log == std::vector<std::string>{"3", "2", "1"});
    CHECK(fakes::run_coroutine(context, side_by_side(1, make)));
}

TEST_CASE("a worker's error cancels the others and is what comes back") {
    asio::io_context context;
    std::vector<std::string> log;
    int started = 0;
    std::function<asio::awaitable<Result<void>>()> make = [&] {
        const bool first = started++ == 0;
        return wait(first ? std::chrono::milliseconds(1) : std::chrono::minutes(5), first ? "error" : "late",
                    log);
    };
    const Result<void> ended = fakes::run_coroutine(context, side_by_side(3, make));
    REQUIRE_FALSE(ended);
    CHECK(ended.error().what == "error");
    CHECK(log == std::vector<std::string>{"error", "cancelled", "cancelled"});
}

TEST_CASE("cancelling the whole waits until every worker has ended") {
    asio::io_context context;
    std::vector<std::string> log;
    std::function<asio::awaitable<Result<void>>()> make = [&] {
        return wait(std::chrono::minutes(5), "late", log);
    };
    asio::cancellation_signal signal;
    const auto run = [&]() -> asio::awaitable<void> {
        co_await asio::this_coro::throw_if_cancelled(false);
        const Result<void> ended = co_await side_by_side(2, make);
        log.push_back(ended ? "end" : "failed");
    };
    asio::co_spawn(context, run(),
                   asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
    asio::steady_timer timer(context, std::chrono::milliseconds(5));
    timer.async_wait([&](auto) { signal.emit(asio::cancellation_type::terminal); });
    context.run();
    REQUIRE(log.size() == 3);
    CHECK(log[0] == "cancelled");
    CHECK(log[1] == "cancelled");
}
