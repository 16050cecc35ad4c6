#include "process/subprocess.hpp"

#include "async/alarm.hpp"
#include "async/notification.hpp"
#include "process/descriptor.hpp"
#include "process/launch.hpp"
#include "text/try.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

namespace pr_image::process {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kDrain{500};
constexpr std::size_t kChunk = std::size_t{32} << 10U;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

/// Opens a pipe when `wanted`, else /dev/null for the program's end alone.
bool connect(bool wanted, bool program_reads, Descriptor& program, Descriptor& ours) {
    if (!wanted) {
        program = Descriptor(::open("/dev/null", (program_reads ? O_RDONLY : O_WRONLY) | O_CLOEXEC));
        return program.get() >= 0;
    }
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    Descriptor read_end(ends[0]);
    Descriptor write_end(ends[1]);
    program = std::move(program_reads ? read_end : write_end);
    ours = std::move(program_reads ? write_end : read_end);
    return program.get() >= 0 && ours.get() >= 0;
}

template <typename Pipe>
void adopt(Pipe& pipe, Descriptor descriptor) {
    boost::system::error_code refused;
    if (descriptor.get() < 0) return;
    pipe.assign(descriptor.get(), refused);
    if (!refused) descriptor.release();
}

}  // namespace

struct Subprocess::State {
    State(const asio::any_io_executor& executor, Command& command)
        : process(executor),
          input(executor),
          output{asio::readable_pipe(executor),
                 LineSplitter(std::move(command.on_stdout), command.line_limit)},
          error{asio::readable_pipe(executor),
                LineSplitter(std::move(command.on_stderr), command.line_limit)},
          input_bytes(std::move(command.input)),
          patience(executor) {}

    ~State() {
        if (!ended && process.id() > 0) ::kill(-process.id(), SIGKILL);
    }

    struct Stream {
        asio::readable_pipe pipe;
        LineSplitter lines;
    };

    void close_streams() {
        boost::system::error_code ignored;
        input.close(ignored);
        output.pipe.close(ignored);
        error.pipe.close(ignored);
    }

    boost::process::v2::process process;
    asio::writable_pipe input;
    Stream output;
    Stream error;
    std::string input_bytes;
    int open_streams = 0;
    async::Notification drained;  ///< the last stream has ended
    async::Alarm patience;        ///< runs from the first terminate()
    bool terminating = false;
    bool ended = false;
};

namespace {

// The coroutines below share the state, which must outlive a Subprocess that goes away while they wait.

template <typename State, typename Stream>
asio::awaitable<void> read_lines(std::shared_ptr<State> state, Stream* stream) {
    std::vector<char> chunk(kChunk);
    while (stream->pipe.is_open()) {
        const auto [failed, got] = co_await stream->pipe.async_read_some(asio::buffer(chunk), kAsTuple);
        if (got > 0) stream->lines.feed(std::string_view(chunk.data(), got));
        if (failed) break;
    }
    stream->lines.finish();
    if (--state->open_streams == 0) state->drained.notify();
}

template <typename State>
asio::awaitable<void> write_input(std::shared_ptr<State> state) {
    co_await asio::async_write(state->input, asio::buffer(state->input_bytes), kAsTuple);
    boost::system::error_code ignored;
    state->input.close(ignored);
}

}  // namespace

Subprocess::Subprocess(std::shared_ptr<State> state) : state_(std::move(state)) {}
Subprocess::Subprocess(Subprocess&& other) noexcept = default;

Subprocess::~Subprocess() {
    if (!state_) return;
    if (!state_->ended) ::kill(-state_->process.id(), SIGKILL);
    state_->patience.cancel();
    state_->close_streams();
}

Result<Subprocess> Subprocess::start(const asio::any_io_executor& executor, Command command) {
    ignore_broken_pipes();
    std::array<Descriptor, 3> program;
    std::array<Descriptor, 3> ours;
    if (!connect(!command.input.empty(), true, program[0], ours[0]) ||
        !connect(static_cast<bool>(command.on_stdout), false, program[1], ours[1]) ||
        !connect(static_cast<bool>(command.on_stderr), false, program[2], ours[2])) {
        return text::fail("Cannot start a program", std::strerror(errno));
    }
    TRY_ASSIGN(auto launched, launch(executor, command.argv, command.environment, command.directory,
                                     {program[0].get(), program[1].get(), program[2].get()}));
    auto state = std::make_shared<State>(executor, command);
    state->process = std::move(launched);
    adopt(state->input, std::move(ours[0]));
    adopt(state->output.pipe, std::move(ours[1]));
    adopt(state->error.pipe, std::move(ours[2]));
    return Subprocess(std::move(state));
}

asio::awaitable<Result<ExitStatus>> Subprocess::wait() {
    const std::shared_ptr<State> state = state_;
    co_await asio::this_coro::throw_if_cancelled(false);
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    for (State::Stream* stream : {&state->output, &state->error}) {
        if (!stream->pipe.is_open()) continue;
        ++state->open_streams;
        asio::co_spawn(executor, read_lines(state, stream), asio::detached);
    }
    if (state->input.is_open()) asio::co_spawn(executor, write_input(state), asio::detached);

    const auto [failed, ignored_code] = co_await state->process.async_wait(kAsTuple);
    const int status = state->process.native_exit_code();
    const pid_t group = state->process.id();
    if (failed) ::kill(-group, SIGKILL);
    state->ended = true;
    state->patience.cancel();

    for (const bool first : {true, false}) {
        if (state->open_streams == 0) break;
        co_await state->drained.wait_until(std::chrono::steady_clock::now() + kDrain,
                                           async::Earlier::ignored);
        if (first && state->open_streams > 0) ::kill(-group, SIGKILL);
    }
    state->close_streams();
    if (failed == asio::error::operation_aborted) {
        co_return text::fail("A program was stopped", "what it was started for is no longer wanted");
    }
    if (failed) co_return text::fail("Lost a program that was started", failed.message());
    if (WIFSIGNALED(status)) co_return ExitStatus{.code = 0, .signal = WTERMSIG(status)};
    co_return ExitStatus{.code = WEXITSTATUS(status), .signal = 0};
}

void Subprocess::terminate(int signal, std::chrono::milliseconds grace) {
    if (state_->ended) return;
    ::kill(state_->process.id(), signal);
    if (std::exchange(state_->terminating, true)) return;
    state_->patience.set(grace, [weak = std::weak_ptr(state_)] {
        const std::shared_ptr<State> state = weak.lock();
        if (state && !state->ended) ::kill(-state->process.id(), SIGKILL);
    });
}

int Subprocess::pid() const {
    return state_->process.id();
}

asio::awaitable<Result<ExitStatus>> run(Command command, Interruption* interruption,
                                        std::chrono::milliseconds grace) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    CO_TRY_ASSIGN(Subprocess subprocess, Subprocess::start(executor, std::move(command)));
    Interruption::Subscription subscription;
    if (interruption != nullptr) {
        subscription = interruption->subscribe(
            [&subprocess, grace](int number) { subprocess.terminate(number, grace); });
    }
    co_return co_await subprocess.wait();
}

}  // namespace pr_image::process
