#include "async/sleep.hpp"

#include "fakes/run_coroutine.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

asio::awaitable<void> note_after(std::chrono::milliseconds delay, std::string name,
                                 std::vector<std::string>& notes) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const bool slept = co_await async::sleep_for(delay);
    notes.push_back(slept ? name : name + " cancelled");
}

/// Runs the coroutine, and cancels it as soon as it waits.
void run_and_cancel(asio::awaitable<void> coroutine) {
    asio::io_context context;
    asio::cancellation_signal signal;
    asio::co_spawn(context, std::move(coroutine),
                   asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
    context.poll();
    signal.emit(asio::cancellation_type::terminal);
    context.run();
}

}  // namespace

TEST_CASE("a sleep lasts as long as it is asked for, and no time when it is asked for none") {
    asio::io_context context;
    for (const auto duration : {20ms, 0ms, -5ms}) {
        const auto started = Clock::now();
        CHECK(fakes::run_coroutine(context, async::sleep_for(duration)));
        CHECK(Clock::now() - started >= duration);
    }
}

TEST_CASE("a cancelled sleep ends at once and says so, however long it was to be") {
    for (const auto duration : {std::chrono::milliseconds(1h), std::chrono::milliseconds::max()}) {
        std::vector<std::string> notes;
        run_and_cancel(note_after(duration, "sleep", notes));
        CHECK(notes == std::vector<std::string>{"sleep cancelled"});
    }
}

TEST_CASE("what is cancelled already does not sleep again") {
    std::vector<std::string> notes;
    const auto twice = [&notes]() -> asio::awaitable<void> {
        co_await note_after(1h, "first", notes);
        const bool cancelled = co_await async::is_cancelled();
        CHECK(cancelled);
        co_await note_after(1h, "second", notes);
    };
    run_and_cancel(twice());
    CHECK(notes == std::vector<std::string>{"first cancelled", "second cancelled"});
}

TEST_CASE("a task that is done in time is not disturbed") {
    asio::io_context context;
    std::vector<std::string> notes;
    CHECK(fakes::run_coroutine(context, async::with_timeout(1h, note_after(0ms, "task", notes))));
    CHECK(notes == std::vector<std::string>{"task"});
}

TEST_CASE("a task whose time is over is cancelled, and has ended when that is said") {
    asio::io_context context;
    std::vector<std::string> notes;
    CHECK_FALSE(fakes::run_coroutine(context, async::with_timeout(1ms, note_after(1h, "task", notes))));
    CHECK(notes == std::vector<std::string>{"task cancelled"});
}
