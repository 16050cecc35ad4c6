#include "process/subprocess.hpp"

#include "run_command.hpp"
#include "support/files.hpp"
#include "unit/folder.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pr_image;
using namespace std::chrono_literals;
using process::Command;
using process::ExitStatus;
using process::Interruption;
using process::Line;
using process::Subprocess;
using test::on_loop;
using test::run_command;
using test::shell;
using Lines = std::vector<std::string>;

TEST_CASE("a program's two streams arrive as lines, and its exit code too") {
    const auto ran = run_command(shell("echo one; echo two >&2; printf three; exit 7"));
    CHECK(ran.status.value() == ExitStatus{.code = 7});
    CHECK(ran.out == Lines{"one", "three"});
    CHECK(ran.err == Lines{"two"});
}

TEST_CASE("a signal that ends a program is told from a code") {
    CHECK(run_command(shell("kill -TERM $$")).status.value() == ExitStatus{.signal = SIGTERM});
}

TEST_CASE("a program gets exactly the environment that it is given") {
    ::setenv("PR_IMAGE_TEST_SECRET", "leak", 1);
    Command command;
    command.argv = {"/usr/bin/env"};
    command.environment = {"A=1", "B=x y"};
    CHECK(run_command(command).out == Lines{"A=1", "B=x y"});
    command.environment.clear();
    CHECK(run_command(command).out.empty());
}

TEST_CASE("arguments arrive unchanged, whatever they hold") {
    Command command = shell("for a; do printf '%s\\n' \"<$a>\"; done");
    command.argv.insert(command.argv.end(), {"sh", "$(id)", "a b", "", "*", "'\"", "-n"});
    CHECK(run_command(command).out == Lines{"<$(id)>", "<a b>", "<>", "<*>", "<'\">", "<-n>"});
}

TEST_CASE("a program starts in its folder") {
    const test::Folder folder;
    Command command = shell("pwd");
    command.directory = std::filesystem::canonical(folder.path()).string();
    CHECK(run_command(command).out == Lines{command.directory});
}

TEST_CASE("standard input is what was given, or nothing") {
    Command command = shell("cat; echo end");
    CHECK(run_command(command).out == Lines{"end"});
    command.input = "a\nb\n";
    CHECK(run_command(command).out == Lines{"a", "b", "end"});
    command.input = std::string(1'000'000, 'x') + "\n";
    command.argv = {"/usr/bin/wc", "-c"};
    CHECK(run_command(command).out == Lines{"1000001"});
}

TEST_CASE("a program that does not read its input does no harm") {
    Command command = shell("exec 0<&-; echo end");
    command.input = std::string(1'000'000, 'x');
    CHECK(run_command(command).out == Lines{"end"});
}

TEST_CASE("no open file is inherited") {
    const int leak = ::open("/dev/null", O_RDONLY);
    REQUIRE(::fcntl(leak, F_DUPFD, 50) >= 50);
    REQUIRE(::fcntl(leak, F_DUPFD, 500) >= 500);
    // ls itself opens the folder that it lists.
    const auto ran = run_command(shell("for f in /proc/$$/fd/*; do echo ${f##*/}; done"));
    for (const std::string& descriptor : ran.out) {
        if (descriptor.find_first_not_of("0123456789") == std::string::npos)
            CHECK(std::stoi(descriptor) <= 4);
    }
    CHECK(ran.out.size() >= 3);
}

TEST_CASE("a program that cannot be started is a clear error") {
    struct Row {
        std::string program, why;
    };
    const test::Folder folder;
    folder.write("plain", "not a program");
    for (const Row& row : {Row{"/no/such/buildx", "there is no such program"},
                           Row{folder.path("plain"), "it is not a program that this user may execute"},
                           Row{"", "no program was named"}}) {
        Command command;
        command.argv = {row.program};
        const auto ran = run_command(command);
        REQUIRE_FALSE(ran.status);
        CHECK(ran.status.error().why == row.why);
        CHECK(ran.status.error().what == "Cannot start '" + row.program + "'");
    }
    Command command = shell("true");
    command.directory = "/no/such/folder";
    CHECK(run_command(command).status.error().why == "'/no/such/folder' is not a folder");
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("a line without end does not fill the memory") {
    Command command;
    command.argv = {"/usr/bin/head", "-c", "300000000", "/dev/zero"};
    command.line_limit = 1000;
    struct rusage before = {};
    REQUIRE(::getrusage(RUSAGE_SELF, &before) == 0);
    std::size_t lines = 0;
    std::size_t longest = 0;
    command.on_stdout = [&](const Line& line) {
        ++lines;
        longest = std::max(longest, line.text.size());
    };
    boost::asio::io_context loop;
    on_loop(loop, [&]() -> boost::asio::awaitable<void> { co_await process::run(command); });
    struct rusage after = {};
    REQUIRE(::getrusage(RUSAGE_SELF, &after) == 0);
    CHECK(lines == 1);
    CHECK(longest == 1000);
    CHECK(after.ru_maxrss - before.ru_maxrss < 50'000);
}

TEST_CASE("a program that is interrupted gets the signal that came, and may end cleanly") {
    boost::asio::io_context loop;
    Interruption interruption(loop.get_executor());
    Result<ExitStatus> status = ExitStatus{};
    Lines out;
    Command command = shell("trap 'echo bye; exit 3' INT; echo ready; while :; do sleep 0.01; done");
    command.on_stdout = [&](const Line& line) {
        out.emplace_back(line.text);
        if (line.text == "ready") interruption.raise(SIGINT);
    };
    on_loop(loop, [&]() -> boost::asio::awaitable<void> {
        status = co_await process::run(command, &interruption, 60s);
    });
    CHECK(status.value() == ExitStatus{.code = 3});
    CHECK(out == Lines{"ready", "bye"});
}

TEST_CASE("a program that does not end within its grace is killed with its group") {
    boost::asio::io_context loop;
    Interruption interruption(loop.get_executor());
    Result<ExitStatus> status = ExitStatus{};
    Command command = shell("trap '' TERM; (trap '' TERM; sleep 1000) & echo ready; wait; sleep 1000");
    command.on_stdout = [&](const Line&) { interruption.raise(SIGTERM); };
    on_loop(loop, [&]() -> boost::asio::awaitable<void> {
        status = co_await process::run(command, &interruption, 50ms);
    });
    CHECK(status.value() == ExitStatus{.signal = SIGKILL});
}

TEST_CASE("a grandchild that keeps the output open does not hold up the end") {
    const auto ran = run_command(shell("sleep 1000 & echo started"));
    CHECK(ran.status.value() == ExitStatus{});
    CHECK(ran.out == Lines{"started"});
    const auto escaped = run_command(shell("setsid sleep 3 & echo started"));
    CHECK(escaped.status.value() == ExitStatus{});
}

TEST_CASE("a program has a process group of its own and default signals") {
    const auto ran = run_command(shell(
        "set -- $(cat /proc/$$/stat); echo $(( $5 == $$ )); exec grep -E 'Sig(Blk|Ign)' /proc/self/status"));
    REQUIRE(ran.out.size() == 3);
    CHECK(ran.out[0] == "1");
    CHECK(ran.out[1] == "SigBlk:\t0000000000000000");
    CHECK(ran.out[2] == "SigIgn:\t0000000000000000");
}

TEST_CASE("a program whose owner goes away is killed") {
    boost::asio::io_context loop;
    int pid = 0;
    {
        auto subprocess = Subprocess::start(loop.get_executor(), shell("sleep 1000"));
        REQUIRE(subprocess);
        pid = subprocess->pid();
        CHECK(::kill(pid, 0) == 0);
    }
    CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("a program is killed by the kernel when this process dies") {
    const test::Folder folder;
    const std::string pid_file = folder.path("pid");
    const pid_t parent = ::fork();
    if (parent == 0) {
        boost::asio::io_context loop;
        auto subprocess =
            Subprocess::start(loop.get_executor(), shell("echo $$ > " + pid_file + ".new && mv " + pid_file +
                                                         ".new " + pid_file + "; exec sleep 1000"));
        while (!std::filesystem::exists(pid_file))
            ::usleep(1000);
        ::_exit(0);
    }
    REQUIRE(::waitpid(parent, nullptr, 0) == parent);
    const pid_t orphan = std::stoi(folder.read("pid"));
    const std::filesystem::path status = "/proc/" + std::to_string(orphan) + "/status";
    bool running = true;
    for (int i = 0; running && i < 3000; ++i) {
        const std::string text = support::read_file(status);
        running = !text.empty() && text.find("State:\tZ") == std::string::npos;
        if (running) ::usleep(1000);
    }
    CHECK_FALSE(running);
}

TEST_CASE("a program whose wait is cancelled is killed") {
    boost::asio::io_context loop;
    boost::asio::cancellation_signal cancel;
    Command command = shell("echo $$; sleep 1000");
    pid_t pid = 0;
    Result<ExitStatus> status = ExitStatus{};
    command.on_stdout = [&](const Line& line) {
        pid = std::stoi(std::string(line.text));
        cancel.emit(boost::asio::cancellation_type::terminal);
    };
    boost::asio::co_spawn(
        loop, [&]() -> boost::asio::awaitable<void> { status = co_await process::run(command); },
        boost::asio::bind_cancellation_slot(cancel.slot(), [](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
        }));
    loop.run();
    REQUIRE_FALSE(status);
    CHECK(status.error().what == "A program was stopped");
    REQUIRE(pid > 0);
    CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("many programs can run at once") {
    boost::asio::io_context loop;
    int ended = 0;
    for (int i = 0; i < 20; ++i) {
        boost::asio::co_spawn(
            loop,
            [&ended, i]() -> boost::asio::awaitable<void> {
                Command command = shell("sleep 0.0" + std::to_string(i % 3) + "; exit " + std::to_string(i));
                const auto status = co_await process::run(command);
                if (status.value() == ExitStatus{.code = i}) ++ended;
            },
            [](const std::exception_ptr& thrown) {
                if (thrown) std::rethrow_exception(thrown);
            });
    }
    loop.run();
    CHECK(ended == 20);
}
