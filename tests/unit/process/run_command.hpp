#pragma once

#include "process/subprocess.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::test {

/// What a program printed and how it ended.
struct Ran {
    Result<process::ExitStatus> status = process::ExitStatus{};
    std::vector<std::string> out;
    std::vector<std::string> err;
};

/// Runs `work` on a loop of its own until nothing is left to do; a test that throws fails.
template <typename Work>
void on_loop(boost::asio::io_context& loop, Work work) {
    boost::asio::co_spawn(loop, std::move(work), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    loop.restart();
    loop.run();
}

/// Runs a program with exactly this command, collecting what it prints.
inline Ran run_command(process::Command command) {
    Ran ran;
    command.on_stdout = [&ran](const process::Line& line) { ran.out.emplace_back(line.text); };
    command.on_stderr = [&ran](const process::Line& line) { ran.err.emplace_back(line.text); };
    boost::asio::io_context loop;
    on_loop(loop, [&]() -> boost::asio::awaitable<void> {
        ran.status = co_await process::run(std::move(command));
    });
    return ran;
}

inline process::Command shell(const std::string& script) {
    process::Command command;
    command.argv = {"/bin/sh", "-c", script};
    command.environment = {"PATH=/usr/bin:/bin"};
    return command;
}

}  // namespace pr_image::test
