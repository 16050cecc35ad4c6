#include "support/child_process.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace pr_image::support {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::vector<std::string> environment_of(const ChildOptions& options) {
    std::map<std::string, std::string> merged;
    if (options.inherit_environment) {
        for (char** entry = environ; *entry != nullptr; ++entry) {
            const std::string_view text = *entry;
            const std::size_t equals = text.find('=');
            if (equals != std::string_view::npos) {
                merged[std::string(text.substr(0, equals))] = text.substr(equals + 1);
            }
        }
    }
    for (const auto& [name, value] : options.environment) {
        merged[name] = value;
    }
    std::vector<std::string> result;
    result.reserve(merged.size());
    for (const auto& [name, value] : merged) {
        result.push_back(fmt::format("{}={}", name, value));
    }
    return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (auto& text : texts) {
        result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
}

std::chrono::duration<double> seconds_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& argv, const ChildOptions& options,
                           OnOutput on_output)
    : on_output_(std::move(on_output)) {
    std::vector<std::string> arguments = argv;
    std::vector<std::string> environment = environment_of(options);
    const std::vector<char*> argument_pointers = pointers(arguments);
    const std::vector<char*> environment_pointers = pointers(environment);

    std::array<int, 2> out{};
    std::array<int, 2> err{};
    std::array<int, 2> failure{};
    if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0 ||
        pipe2(failure.data(), O_CLOEXEC) != 0) {
        throw_errno("pipe");
    }
    started_ = Clock::now();
    pid_ = fork();
    if (pid_ < 0) throw_errno("fork");
    if (pid_ == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int log = options.log_file.empty()
                            ? -1
                            : open(options.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        dup2(log < 0 ? out[1] : log, STDOUT_FILENO);
        dup2(log < 0 ? err[1] : log, STDERR_FILENO);
        const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        dup2(null, STDIN_FILENO);
        if (options.directory.empty() || chdir(options.directory.c_str()) == 0) {
            execvpe(argument_pointers[0], argument_pointers.data(), environment_pointers.data());
        }
        const int error = errno;
        [[maybe_unused]] const auto ignored = write(failure[1], &error, sizeof error);
        _exit(127);
    }
    setpgid(pid_, pid_);
    close(out[1]);
    close(err[1]);
    close(failure[1]);
    out_pipe_ = out[0];
    err_pipe_ = err[0];
    int error = 0;
    const auto told = read(failure[0], &error, sizeof error);
    close(failure[0]);
    if (told == sizeof error) {
        waitpid(pid_, nullptr, 0);
        close(out_pipe_);
        close(err_pipe_);
        throw std::system_error(error, std::generic_category(), argv.front());
    }
    exit_descriptor_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    if (exit_descriptor_ < 0) throw_errno("pidfd_open");
    fcntl(out_pipe_, F_SETFL, O_NONBLOCK);
    fcntl(err_pipe_, F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() {
    if (!reaped_) {
        kill(-pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    for (const int descriptor : {out_pipe_, err_pipe_, exit_descriptor_}) {
        if (descriptor >= 0) close(descriptor);
    }
}

void ChildProcess::signal(int number) const {
    if (!reaped_) kill(pid_, number);
}

void ChildProcess::drain(int& descriptor, Stream stream) {
    std::array<char, 65536> buffer{};
    while (descriptor >= 0) {
        const auto count = read(descriptor, buffer.data(), buffer.size());
        if (count > 0) {
            const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
            (stream == Stream::kOut ? out_ : err_).append(bytes);
            if (on_output_) on_output_(stream, bytes);
        } else if (count == 0) {
            close(descriptor);
            descriptor = -1;
        } else if (errno != EINTR) {
            return;
        }
    }
}

bool ChildProcess::read_once(std::chrono::milliseconds timeout) {
    std::array<pollfd, 3> descriptors = {{{.fd = err_pipe_, .events = POLLIN, .revents = 0},
                                          {.fd = out_pipe_, .events = POLLIN, .revents = 0},
                                          {.fd = exit_descriptor_, .events = POLLIN, .revents = 0}}};
    poll(descriptors.data(), descriptors.size(), static_cast<int>(timeout.count()));
    // The runner takes what is on stderr before what is on stdout: whoever relies on an order between the two
    // streams shall find out here.
    drain(err_pipe_, Stream::kErr);
    drain(out_pipe_, Stream::kOut);
    return (descriptors[2].revents & POLLIN) == 0;
}

bool ChildProcess::pump_until(const std::function<bool()>& done, std::chrono::milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    bool running = true;
    while (!done()) {
        if (!running || Clock::now() >= deadline) return false;
        running = read_once(std::chrono::milliseconds(100));
    }
    return true;
}

bool ChildProcess::running_after(std::chrono::milliseconds time) {
    bool running = true;
    const auto deadline = Clock::now() + time;
    while (running && Clock::now() < deadline) {
        running = read_once(std::chrono::milliseconds(20));
    }
    return running;
}

ChildResult ChildProcess::wait(std::chrono::milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    ChildResult result;
    while (read_once(std::chrono::milliseconds(100))) {
        if (Clock::now() >= deadline) {
            kill(-pid_, SIGKILL);
            break;
        }
    }
    int status = 0;
    rusage usage{};
    wait4(pid_, &status, 0, &usage);
    reaped_ = true;
    result.wall = Clock::now() - started_;
    drain(err_pipe_, Stream::kErr);
    drain(out_pipe_, Stream::kOut);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    result.peak_rss_kib = usage.ru_maxrss;
    result.out = out_;
    result.err = err_;
    return result;
}

ChildResult try_run(const std::vector<std::string>& argv, const ChildOptions& options,
                    std::chrono::milliseconds timeout) {
    return ChildProcess(argv, options).wait(timeout);
}

ChildResult run(const std::vector<std::string>& argv, const ChildOptions& options,
                std::chrono::milliseconds timeout) {
    ChildResult result = try_run(argv, options, timeout);
    if (result.exit_code != 0) {
        std::string command;
        for (const auto& argument : argv) {
            command += argument + ' ';
        }
        throw std::runtime_error(command + "ended with status " + std::to_string(result.exit_code) + "\n" +
                                 result.out + result.err);
    }
    return result;
}

}  // namespace pr_image::support
