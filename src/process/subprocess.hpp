#pragma once

#include "process/exit_status.hpp"
#include "process/interruption.hpp"
#include "process/line_splitter.hpp"
#include "text/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace pr_image::process {

/// A program to start and what it is given. Nothing is inherited: the environment is exactly this one, and
/// of the open files only the three standard streams, as described here.
struct Command {
    std::vector<std::string> argv;         ///< argv[0] is the program's path; it is not searched for
    std::vector<std::string> environment;  ///< NAME=value
    std::string directory;                 ///< where it starts; empty: where this process is
    std::string input;                     ///< its standard input; empty: /dev/null
    LineHandler on_stdout;                 ///< empty: /dev/null
    LineHandler on_stderr;                 ///< empty: /dev/null
    std::size_t line_limit = std::size_t{1} << 20U;
};

/// A program that was started by this one. It has a process group of its own, so that a Ctrl-C reaches it
/// only when this program passes it on, and it is killed by the kernel when this program dies. It, and
/// whatever is left of its group, is killed when this object goes before it has ended.
class Subprocess {
  public:
    /// Starts the program. An Error says that it is not there, may not be executed, or why it could not be.
    static Result<Subprocess> start(const boost::asio::any_io_executor& executor, Command command);

    Subprocess(Subprocess&& other) noexcept;
    Subprocess& operator=(Subprocess&&) = delete;
    ~Subprocess();

    /// Delivers its output to the handlers until both streams and the program have ended, and gives how it
    /// ended. A grandchild that keeps a stream open is not waited for longer than a second. Call it once.
    /// When the coroutine is cancelled the group is killed, which is an Error; the caller's coroutine sees no
    /// exceptions for cancellation any more (`throw_if_cancelled(false)`).
    boost::asio::awaitable<Result<ExitStatus>> wait();

    /// Sends the program `signal`, and, when it has not ended `grace` after the first such call, kills its
    /// group. Does nothing once it has ended.
    void terminate(int signal, std::chrono::milliseconds grace);

    [[nodiscard]] int pid() const;

  private:
    struct State;
    explicit Subprocess(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

/// How long a program that was told to end may take for it. GitHub's runner kills this one 10 s after the
/// first signal, and what is left behind has to be cleaned up before that.
constexpr std::chrono::seconds kGrace{6};

/// Starts the program, passes every signal that arrives at `interruption` (which may be null) on to it with
/// `grace` to end, and gives how it ended.
boost::asio::awaitable<Result<ExitStatus>> run(Command command, Interruption* interruption = nullptr,
                                               std::chrono::milliseconds grace = kGrace);

}  // namespace pr_image::process
