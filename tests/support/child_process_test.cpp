#include "support/child_process.hpp"

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <system_error>

namespace pr_image::support {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a child's streams, status and environment are what they are") {
    const auto result = try_run({"/bin/sh", "-c", "echo out $NAME; echo err >&2; exit 3"},
                                {.environment = {{"NAME", "a b"}}, .directory = "/"});
    CHECK(result.exit_code == 3);
    CHECK(result.out == "out a b\n");
    CHECK(result.err == "err\n");
    CHECK(result.peak_rss_kib > 0);
}

TEST_CASE("a child without an inherited environment has only what it is given") {
    const auto result =
        run({"/usr/bin/env"}, {.environment = {{"ONLY", "this"}}, .inherit_environment = false});
    CHECK(result.out == "ONLY=this\n");
}

TEST_CASE("a child that outlives its time is killed, and says so") {
    CHECK(try_run({"/bin/sleep", "60"}, {}, 50ms).exit_code == 128 + SIGKILL);
}

TEST_CASE("a child can be watched, and signalled when it has said something") {
    ChildProcess child(
        {"/bin/sh", "-c", "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done"});
    REQUIRE(child.pump_until([&] { return child.out().find("ready") != std::string::npos; }, 10s));
    child.signal(SIGTERM);
    const auto result = child.wait(10s);
    CHECK(result.exit_code == 7);
    CHECK(result.out == "ready\nbye\n");
}

TEST_CASE("a program that is not there is an error, not a status") {
    CHECK_THROWS_AS(run({"/no/such/program"}), std::system_error);
}

}  // namespace
}  // namespace pr_image::support
