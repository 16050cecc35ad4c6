#include "process/launch.hpp"

#include "process/subprocess.hpp"
#include "run_command.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <dlfcn.h>
#include <netdb.h>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
using process::Subprocess;
using test::run_command;
using test::shell;

namespace {

/// What the look-up of `held.test` is at.
struct Lookup {
    std::atomic<bool> begun = false;
    std::atomic<bool> may_end = false;
    std::atomic<bool> ended = false;
};

Lookup& lookup() {
    static Lookup only;
    return only;
}

/// Allocates with a call stack that `path` has for its own: a sanitizer notes each, with a lock held.
[[gnu::noinline]] void allocate_below(unsigned path, int depth) {
    if (depth == 0) {
        std::string(100, 'x').shrink_to_fit();
    } else if ((path >> static_cast<unsigned>(depth) & 1U) != 0) {
        allocate_below(path, depth - 1);
    } else {
        allocate_below(path, depth - 1);
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
}

}  // namespace

// The C library's header has this name already, without this program's hidden visibility.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node, const char* service,
                                                                  const addrinfo* hints, addrinfo** found) {
    using Function = int(const char*, const char*, const addrinfo*, addrinfo**);
    static auto* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    if (node == nullptr || std::string_view(node) != "held.test") return real(node, service, hints, found);
    lookup().begun = true;
    for (int i = 0; i < 5'000 && !lookup().may_end; ++i)
        std::this_thread::sleep_for(1ms);
    lookup().ended = true;
    return EAI_NONAME;
}

TEST_CASE("a program starts while a host's name is still being looked up") {
    boost::asio::io_context loop;
    boost::asio::ip::tcp::resolver resolver(loop);
    resolver.async_resolve("held.test", "443", [](const auto&, const auto&) {});
    while (!lookup().begun)
        std::this_thread::sleep_for(1ms);
    const auto started = Subprocess::start(loop.get_executor(), shell("exit 0"));
    CHECK(started);
    CHECK_FALSE(lookup().ended);
    lookup().may_end = true;
}

TEST_CASE("a program starts whatever this one's other threads do") {
    std::vector<std::jthread> busy;
    for (unsigned n = 0; n < 3; ++n) {
        busy.emplace_back([path = n](const std::stop_token& stop) mutable {
            while (!stop.stop_requested())
                allocate_below(path += 7, 20);
        });
    }
    for (int i = 0; i < 200; ++i)
        REQUIRE(run_command(shell("exit 5")).status.value() == process::ExitStatus{.code = 5});
}
