#include "async/run_workers.hpp"

#include "async/sleep.hpp"
#include "fakes/run_coroutine.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using async::run_workers;
using Notes = std::vector<std::string>;

namespace {

/// Work that fails when it is called "error".
asio::awaitable<Result<void>> note_after(std::chrono::milliseconds delay, std::string name, Notes& notes) {
    const bool slept = co_await async::sleep_for(delay);
    notes.push_back(slept ? name : name + " cancelled");
    if (slept && name == "error") co_return text::fail("error", "of this worker");
    co_return Result<void>{};
}

asio::awaitable<void> task(std::chrono::milliseconds delay, std::string name, Notes& notes) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const Result<void> ignored = co_await note_after(delay, std::move(name), notes);
}

/// Runs the coroutine and cancels it once everything waits; gives whether it ended.
template <typename T>
std::optional<T> run_and_cancel(asio::awaitable<T> coroutine) {
    asio::io_context context;
    asio::cancellation_signal signal;
    std::optional<T> result;
    const auto keep = [&result](asio::awaitable<T> inner) -> asio::awaitable<void> {
        co_await asio::this_coro::throw_if_cancelled(false);
        result.emplace(co_await std::move(inner));
    };
    asio::co_spawn(context, keep(std::move(coroutine)),
                   asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
    context.poll();
    signal.emit(asio::cancellation_type::terminal);
    context.run();
    return result;
}

}  // namespace

TEST_CASE("workers run side by side and all have ended when the whole ends") {
    asio::io_context context;
    Notes notes;
    const auto work = [&](std::size_t i) {
        return note_after(40ms - 15ms * static_cast<int>(i), std::to_string(i), notes);
    };
    CHECK(fakes::run_coroutine(context, run_workers(3, 3, work)));
    CHECK(notes == Notes{"2", "1", "0"});
    CHECK(fakes::run_coroutine(context, run_workers(0, 3, work)));
    CHECK(notes.size() == 3);
}

TEST_CASE("no more than the given number of workers are busy at once, and at least one") {
    for (const std::size_t at_once : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{50}}) {
        asio::io_context context;
        std::size_t busy = 0;
        std::size_t most = 0;
        std::vector<std::size_t> order;
        const auto work = [&](std::size_t i) -> asio::awaitable<Result<void>> {
            order.push_back(i);
            most = std::max(most, ++busy);
            const bool slept = co_await async::sleep_for(1ms);
            --busy;
            co_return slept ? Result<void>{} : text::fail("cancelled", "");
        };
        CHECK(fakes::run_coroutine(context, run_workers(7, at_once, work)));
        CHECK(most == std::clamp<std::size_t>(at_once, 1, 7));
        CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6});
    }
}

TEST_CASE("a worker's error cancels the others, starts nothing more, and is what comes back") {
    asio::io_context context;
    Notes notes;
    const auto work = [&](std::size_t i) {
        return note_after(i == 1 ? 1ms : 1h, i == 1 ? "error" : "late", notes);
    };
    const Result<void> ended = fakes::run_coroutine(context, run_workers(9, 3, work));
    REQUIRE_FALSE(ended);
    CHECK(ended.error().what == "error");
    CHECK(notes == Notes{"error", "late cancelled", "late cancelled"});
}

TEST_CASE("cancelling the whole starts nothing more, waits for every end, and is no success") {
    Notes notes;
    const auto work = [&](std::size_t) { return note_after(1h, "late", notes); };
    const std::optional<Result<void>> ended = run_and_cancel(run_workers(5, 2, work));
    REQUIRE(ended);
    REQUIRE_FALSE(*ended);
    CHECK(ended->error().what == "Cancelled");
    CHECK(notes == Notes{"late cancelled", "late cancelled"});
}

TEST_CASE("work without results goes on whatever becomes of the rest") {
    asio::io_context context;
    Notes notes;
    const auto all = [&]() -> asio::awaitable<bool> {
        const auto work = [&](std::size_t i) {
            return task(10ms - 3ms * static_cast<int>(i), i == 1 ? "error" : "done", notes);
        };
        co_await run_workers(3, 2, work);
        co_return true;
    };
    CHECK(fakes::run_coroutine(context, all()));
    std::ranges::sort(notes);
    CHECK(notes == Notes{"done", "done", "error"});
}

TEST_CASE("tasks of different kinds run at once, and a cancelled one ends at its next wait") {
    Notes notes;
    const auto throwing = [](Notes& written) -> asio::awaitable<void> {
        const Result<void> ignored = co_await note_after(1h, "throwing", written);
        const bool slept = co_await async::sleep_for(0ms);
        written.push_back(slept ? "went on" : "went on cancelled");
    };
    const auto all = [&]() -> asio::awaitable<bool> {
        co_await asio::this_coro::throw_if_cancelled(false);
        std::vector<asio::awaitable<void>> tasks;
        tasks.push_back(task(0ms, "short", notes));
        tasks.push_back(throwing(notes));
        tasks.push_back(task(1h, "long", notes));
        co_await run_workers(std::move(tasks));
        co_return true;
    };
    CHECK(run_and_cancel(all()) == true);
    std::ranges::sort(notes);
    CHECK(std::ranges::find(notes, "went on") == notes.end());
    CHECK(std::ranges::find(notes, "went on cancelled") == notes.end());
    CHECK(std::ranges::find(notes, "long cancelled") != notes.end());
}
