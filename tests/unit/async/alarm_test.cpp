#include "async/alarm.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

using namespace pr_image;
using namespace std::chrono_literals;
using async::Alarm;

TEST_CASE("an alarm rings once") {
    boost::asio::io_context loop;
    std::string rung;
    Alarm alarm(loop.get_executor());
    alarm.set(1ms, [&] { rung += "a"; });
    loop.run();
    CHECK(rung == "a");
}

TEST_CASE("an alarm that is set anew, cancelled or gone does not ring, even when its time is up") {
    boost::asio::io_context loop;
    std::string rung;
    std::optional<Alarm> alarm(std::in_place, loop.get_executor());
    alarm->set(0ms, [&] { rung += "old "; });
    std::this_thread::sleep_for(1ms);
    alarm->set(0ms, [&] { rung += "new "; });
    loop.run();
    CHECK(rung == "new ");
    alarm->set(0ms, [&] { rung += "cancelled "; });
    alarm->cancel();
    loop.restart();
    loop.run();
    alarm->set(0ms, [&] { rung += "gone "; });
    alarm.reset();
    loop.restart();
    loop.run();
    CHECK(rung == "new ");
}
