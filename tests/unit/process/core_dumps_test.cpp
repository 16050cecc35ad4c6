#include "process/core_dumps.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pr_image;

namespace {

/// Whether a process that has called forbid_core_dumps(), and the programs it starts, can leave a core.
bool leaves_core() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max != 0 || ::prctl(PR_GET_DUMPABLE) != 0;
}

}  // namespace

TEST_CASE("no memory of a process that holds credentials is left in a core dump") {
    // In a process of its own: the limit cannot be raised again, and the sanitizers need a dumpable one.
    const pid_t child = ::fork();
    if (child == 0) {
        process::forbid_core_dumps();
        ::_exit(leaves_core() ? 1 : 0);
    }
    REQUIRE(child > 0);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
