#include "process/interruption.hpp"

#include "run_command.hpp"

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <vector>

using namespace pr_image;
using process::Interruption;

TEST_CASE("a signal reaches whoever is subscribed, and not who has left") {
    boost::asio::io_context loop;
    Interruption interruption(loop.get_executor());
    std::vector<int> stayed;
    std::vector<int> left;
    const auto subscription = interruption.subscribe([&](int number) { stayed.push_back(number); });
    {
        const auto gone = interruption.subscribe([&](int number) { left.push_back(number); });
    }
    CHECK_FALSE(interruption.signal());
    interruption.raise(SIGINT);
    interruption.raise(SIGTERM);
    CHECK(stayed == std::vector<int>{SIGINT, SIGTERM});
    CHECK(left.empty());
    CHECK(interruption.signal() == SIGINT);
}

TEST_CASE("who subscribes after the signal hears of it at once") {
    boost::asio::io_context loop;
    Interruption interruption(loop.get_executor());
    interruption.raise(SIGTERM);
    int heard = 0;
    const auto subscription = interruption.subscribe([&](int number) { heard = number; });
    CHECK(heard == SIGTERM);
}

TEST_CASE("a handler may end its own subscription and others'") {
    boost::asio::io_context loop;
    Interruption interruption(loop.get_executor());
    int heard = 0;
    Interruption::Subscription first;
    Interruption::Subscription second;
    first = interruption.subscribe([&](int) {
        ++heard;
        first = {};
        second = {};
    });
    second = interruption.subscribe([&](int) { ++heard; });
    interruption.raise(SIGINT);
    interruption.raise(SIGINT);
    CHECK(heard == 1);
}

TEST_CASE("a run has settled when a signal came and whoever heard of it has left") {
    boost::asio::io_context loop;
    Interruption interruption(loop.get_executor());
    bool settled = false;
    auto subscription = interruption.subscribe([](int) {});
    boost::asio::co_spawn(loop, interruption.settled(), [&](const std::exception_ptr&) { settled = true; });
    loop.poll();
    CHECK_FALSE(settled);
    interruption.raise(SIGTERM);
    loop.poll();
    CHECK_FALSE(settled);
    subscription = {};
    loop.poll();
    CHECK(settled);
}

TEST_CASE("a real signal wakes who waits for it, and stop() lets the loop end") {
    boost::asio::io_context loop;
    Interruption interruption(loop.get_executor());
    REQUIRE(interruption.listen());
    int number = 0;
    test::on_loop(loop, [&]() -> boost::asio::awaitable<void> {
        ::raise(SIGTERM);
        number = co_await interruption.wait();
        interruption.stop();
    });
    CHECK(number == SIGTERM);
}
