#include "process/launch.hpp"

#include <boost/process/v2/posix/default_launcher.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
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

/// What happens around fork and exec. Everything that on_exec_setup does is async-signal-safe. Boost 1.81's
/// own initializers leave descriptors open between the ones they keep, and run this program's exit handlers
/// in a child whose exec failed.
struct Setup {
    std::vector<const char*> environment;
    const char* directory;
    StandardStreams streams;
    pid_t parent = ::getpid();

    using ErrorCode = boost::system::error_code;

    template <typename Launcher, typename Path>
    ErrorCode on_setup(Launcher& launcher, const Path& /*program*/, const char* const* /*argv*/) {
        launcher.env = environment.data();
        return {};
    }

    template <typename Launcher, typename Path>
    ErrorCode on_exec_setup(Launcher& /*launcher*/, const Path& /*program*/, const char* const* /*argv*/) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(127);  // it died before the line above
        ::signal(SIGPIPE, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        const bool ready =
            ::dup2(streams.input, STDIN_FILENO) >= 0 && ::dup2(streams.output, STDOUT_FILENO) >= 0 &&
            ::dup2(streams.error, STDERR_FILENO) >= 0 && (directory[0] == '\0' || ::chdir(directory) == 0);
        if (!ready) return {errno, boost::system::system_category()};
        close_the_rest_on_exec();
        return {};
    }

    /// Takes anything: Boost looks for it with other arguments than it calls it with.
    template <typename... Anything>
    void on_exec_error(Anything&&...) {
        ::_exit(127);
    }

    static void close_the_rest_on_exec() {
        constexpr unsigned kFirst = STDERR_FILENO + 1;
        if (::syscall(SYS_close_range, kFirst, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
        const long most = std::min(::sysconf(_SC_OPEN_MAX), 65536L);
        for (int descriptor = kFirst; descriptor < most; ++descriptor) {
            ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        }
    }
};

std::unexpected<Error> cannot_start(const std::string& program, const std::string& why) {
    return text::fail(fmt::format("Cannot start '{}'", text::printable(program)), why);
}

std::string explain(const boost::system::error_code& error) {
    if (error == boost::system::errc::no_such_file_or_directory) return "there is no such program";
    if (error == boost::system::errc::permission_denied)
        return "it is not a program that this user may execute";
    return error.message();
}

}  // namespace

Result<v2::process> launch(const boost::asio::any_io_executor& executor, const std::vector<std::string>& argv,
                           const std::vector<std::string>& environment, const std::string& directory,
                           StandardStreams streams) {
    if (argv.empty() || argv.front().empty()) return cannot_start("", "no program was named");
    const std::string& program = argv.front();
    struct stat status = {};
    if (!directory.empty() && (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))) {
        return cannot_start(program, fmt::format("'{}' is not a folder", text::printable(directory)));
    }
    const std::vector<std::string> arguments(argv.begin() + 1, argv.end());
    Setup setup{pointers(environment), directory.c_str(), streams};
    v2::posix::default_launcher launcher;
    boost::system::error_code refused;
    std::string problem;
    try {
        v2::process started = launcher(executor, refused, v2::filesystem::path(program), arguments, setup);
        if (!refused) return started;
        problem = explain(refused);
    } catch (const std::exception& thrown) {
        problem = thrown.what();
    }
    if (launcher.pid > 0) {
        ::kill(launcher.pid, SIGKILL);
        ::waitpid(launcher.pid, nullptr, 0);
    }
    return cannot_start(program, problem);
}

}  // namespace pr_image::process
