#include "process/exit_status.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace pr_image::process;

TEST_CASE("an exit status tells a code from a signal") {
    CHECK(to_string(ExitStatus{.code = 3}) == "exit code 3");
    CHECK(to_string(ExitStatus{.signal = 9}) == "signal 9 (Killed)");
    CHECK(shell_code(ExitStatus{.code = 3}) == 3);
    CHECK(shell_code(ExitStatus{.signal = 15}) == 143);
    CHECK(ExitStatus{}.ok());
    CHECK_FALSE(ExitStatus{.signal = 9}.ok());
}
