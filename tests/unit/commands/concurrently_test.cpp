#include "commands/concurrently.hpp"

#include "fakes/run_coroutine.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> note_after(std::chrono::milliseconds delay, std::string name,
                                 std::vector<std::string>& notes) {
    asio::steady_timer timer(co_await asio::this_coro::executor, delay);
    const auto [code] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    notes.push_back(code ? name + " cancelled" : name);
}

}  // namespace

TEST_CASE("tasks run side by side and all have ended when the whole ends") {
    asio::io_context context;
    std::vector<std::string> notes;
    std::vector<asio::awaitable<void>> tasks;
    tasks.push_back(note_after(60ms, "late", notes));
    tasks.push_back(note_after(0ms, "soon", notes));
    auto all = commands::concurrently(std::move(tasks));
    const bool in_time = fakes::run_coroutine(context, commands::within(1h, std::move(all)));
    CHECK(in_time);
    CHECK(notes == std::vector<std::string>{"soon", "late"});
}

TEST_CASE("a task that is done in time is not disturbed") {
    asio::io_context context;
    std::vector<std::string> notes;
    CHECK(fakes::run_coroutine(context, commands::within(1h, note_after(0ms, "task", notes))));
    CHECK(notes == std::vector<std::string>{"task"});
}

TEST_CASE("a task whose time is over is cancelled, and has ended when that is said") {
    asio::io_context context;
    std::vector<std::string> notes;
    CHECK_FALSE(fakes::run_coroutine(context, commands::within(1ms, note_after(1h, "task", notes))));
    CHECK(notes == std::vector<std::string>{"task cancelled"});
}
