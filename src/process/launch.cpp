#include "process/launch.hpp"

#include "process/descriptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <linux/close_range.h>
#include <span>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pr_image::process {
namespace {

namespace v2 = boost::process::v2;

std::vector<const char*> pointers(std::span<const std::string> strings) {
    std::vector<const char*> all;
    for (const std::string& string : strings)
        all.push_back(string.c_str());
    all.push_back(nullptr);
    return all;
}

/// What the child needs, made before it is: between fork and exec nothing may allocate or take a lock, which
/// a thread that the child does not have may hold for ever.
struct Start {
    const char* const* argv = nullptr;
    const char* const* environment = nullptr;
    const char* directory = nullptr;
    StandardStreams streams;
    pid_t parent = 0;
    int report = -1;  ///< takes the errno of what failed; closed by exec
};

/// A handler of this program's would run in the child, and speak to this program.
void reset_signals() {
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction action = {};
        if (::sigaction(number, nullptr, &action) != 0) continue;
        if (action.sa_handler != SIG_IGN && action.sa_handler != SIG_DFL) ::signal(number, SIG_DFL);
    }
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void close_the_rest_on_exec() {
    constexpr unsigned kFirst = STDERR_FILENO + 1;
    if (::syscall(SYS_close_range, kFirst, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
    const long most = std::min(::sysconf(_SC_OPEN_MAX), 65536L);
    for (int descriptor = kFirst; descriptor < most; ++descriptor) {
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
}

[[noreturn]] void become(const Start& start) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != start.parent) ::_exit(127);  // it died before the line above
    reset_signals();
    const StandardStreams& streams = start.streams;
    const bool ready = ::dup2(streams.input, STDIN_FILENO) >= 0 &&
                       ::dup2(streams.output, STDOUT_FILENO) >= 0 &&
                       ::dup2(streams.error, STDERR_FILENO) >= 0 &&
                       (start.directory[0] == '\0' || ::chdir(start.directory) == 0);
    if (ready) {
        close_the_rest_on_exec();
        ::execve(start.argv[0], const_cast<char* const*>(start.argv),
                 const_cast<char* const*>(start.environment));
    }
    const int reason = errno;
    [[maybe_unused]] const ssize_t told = ::write(start.report, &reason, sizeof reason);
    ::_exit(127);
}

/// Blocks every signal until its end: none may arrive in the child before reset_signals().
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  private:
    sigset_t before_{};
};

/// Gives the child's number, or -1 and errno.
pid_t fork_into(const Start& start) {
    const SignalsBlocked blocked;
    const pid_t pid = ::fork();
    if (pid == 0) become(start);
    return pid;
}

/// Gives the errno that the child reports, or 0 when it has become the program.
int read_report(int report) {
    int reason = 0;
    ssize_t got = 0;
    do {
        got = ::read(report, &reason, sizeof reason);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return errno;
    return got == 0 ? 0 : reason;
}

std::unexpected<Error> cannot_start(const std::string& program, const std::string& why) {
    return text::fail(fmt::format("Cannot start '{}'", text::printable(program)), why);
}

std::string explain(int reason) {
    if (reason == ENOENT) return "there is no such program";
    if (reason == EACCES) return "it is not a program that this user may execute";
    return std::strerror(reason);
}

}  // namespace

// Not by Boost's launcher: before it forks it waits for every look-up of a host's name, and between fork and
// exec it allocates.
Result<v2::process> launch(const boost::asio::any_io_executor& executor, const std::vector<std::string>& argv,
                           const std::vector<std::string>& environment, const std::string& directory,
                           StandardStreams streams) {
    if (argv.empty() || argv.front().empty()) return cannot_start("", "no program was named");
    const std::string& program = argv.front();
    struct stat status = {};
    if (!directory.empty() && (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))) {
        return cannot_start(program, fmt::format("'{}' is not a folder", text::printable(directory)));
    }
    std::array<int, 2> report{};
    if (::pipe2(report.data(), O_CLOEXEC) != 0) return cannot_start(program, explain(errno));
    const Descriptor read_end(report[0]);
    Descriptor write_end(report[1]);

    const std::vector<const char*> arguments = pointers(argv);
    const std::vector<const char*> variables = pointers(environment);
    const Start start{.argv = arguments.data(),
                      .environment = variables.data(),
                      .directory = directory.c_str(),
                      .streams = streams,
                      .parent = ::getpid(),
                      .report = write_end.get()};
    const pid_t pid = fork_into(start);
    if (pid < 0) return cannot_start(program, explain(errno));
    write_end = Descriptor();
    const int reason = read_report(read_end.get());
    std::string problem = explain(reason);
    if (reason == 0) {
        try {
            return v2::process(executor, pid);
        } catch (const std::exception& thrown) {
            problem = thrown.what();
        }
    }
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return cannot_start(program, problem);
}

}  // namespace pr_image::process
