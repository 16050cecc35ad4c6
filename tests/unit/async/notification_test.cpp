#include "async/notification.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using async::Notification;
using async::Woken;

namespace {

asio::awaitable<void> wait(Notification& notification, std::chrono::milliseconds limit,
                           std::vector<Woken>& woken) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const Woken why = co_await notification.wait_until(std::chrono::steady_clock::now() + limit);
    woken.push_back(why);
}

}  // namespace

TEST_CASE("a notification wakes all who wait, and nobody who comes later") {
    asio::io_context loop;
    Notification changed;
    std::vector<Woken> woken;
    asio::co_spawn(loop, wait(changed, 1h, woken), asio::detached);
    asio::co_spawn(loop, wait(changed, 1h, woken), asio::detached);
    loop.poll();
    CHECK(woken.empty());
    changed.notify();
    loop.poll();
    CHECK(woken == std::vector{Woken::notified, Woken::notified});
    asio::co_spawn(loop, wait(changed, 1ms, woken), asio::detached);
    loop.restart();
    loop.run();
    CHECK(woken.back() == Woken::timed_out);
}

TEST_CASE("each waiter has its own time limit") {
    asio::io_context loop;
    Notification changed;
    std::vector<Woken> woken;
    asio::co_spawn(loop, wait(changed, 1h, woken), asio::detached);
    asio::co_spawn(loop, wait(changed, 1ms, woken), asio::detached);
    while (woken.empty())
        loop.run_one();
    CHECK(woken == std::vector{Woken::timed_out});
    changed.notify();
    loop.run();
    CHECK(woken == std::vector{Woken::timed_out, Woken::notified});
}

TEST_CASE("a notification that goes away cancels those who wait for it") {
    asio::io_context loop;
    std::optional<Notification> changed(std::in_place);
    std::vector<Woken> woken;
    asio::co_spawn(loop, wait(*changed, 1h, woken), asio::detached);
    loop.poll();
    changed.reset();
    loop.run();
    CHECK(woken == std::vector{Woken::cancelled});
}

TEST_CASE("a cancelled waiter does not wait again, and the others go on waiting") {
    asio::io_context loop;
    Notification changed;
    std::vector<Woken> woken;
    asio::cancellation_signal signal;
    const auto twice = [&]() -> asio::awaitable<void> {
        co_await wait(changed, 1h, woken);
        co_await wait(changed, 1h, woken);
    };
    asio::co_spawn(loop, twice(),
                   asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
    std::vector<Woken> other;
    asio::co_spawn(loop, wait(changed, 1h, other), asio::detached);
    loop.poll();
    signal.emit(asio::cancellation_type::terminal);
    loop.poll();
    CHECK(woken == std::vector{Woken::cancelled, Woken::cancelled});
    CHECK(other.empty());
    changed.notify();
    loop.run();
    CHECK(other == std::vector{Woken::notified});
}

TEST_CASE("whoever cleans up after a cancellation can wait all the same") {
    asio::io_context loop;
    Notification changed;
    std::vector<Woken> woken;
    asio::cancellation_signal signal;
    const auto clean_up = [&]() -> asio::awaitable<void> {
        co_await wait(changed, 1h, woken);
        const Woken why =
            co_await changed.wait_until(std::chrono::steady_clock::now() + 1ms, async::Earlier::ignored);
        woken.push_back(why);
    };
    asio::co_spawn(loop, clean_up(),
                   asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
    loop.poll();
    signal.emit(asio::cancellation_type::terminal);
    loop.run();
    CHECK(woken == std::vector{Woken::cancelled, Woken::timed_out});
}
