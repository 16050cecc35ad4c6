#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace pr_image::support {

enum class Stream { kOut, kErr };

/// How a child process is started.
struct ChildOptions {
    std::map<std::string, std::string> environment = {};  ///< added to this process's own, or over it
    bool inherit_environment = true;                      ///< false: `environment` is all there is
    std::string directory = {};                           ///< empty: this process's own
    std::string log_file = {};  ///< both streams are appended to this file instead of being captured
};

/// What is known of a child process that has ended.
struct ChildResult {
    int exit_code = -1;  ///< 128 + the signal's number when a signal ended it
    std::string out;
    std::string err;
    std::chrono::duration<double> wall{};
    std::chrono::duration<double> cpu{};  ///< user and system time of it and of the children it waited for
    long peak_rss_kib = 0;                ///< of the largest process among it and the children it waited for
};

/// A child process with both output streams captured as they come. For tests: what cannot be set up throws
/// std::system_error. A child that is still there when this object goes is killed with its process group, and
/// the kernel kills it when the thread that started it dies.
class ChildProcess {
  public:
    /// Takes each piece of output as it comes, cut anywhere.
    using OnOutput = std::function<void(Stream stream, std::string_view bytes)>;

    /// Takes the argument vector (the program is looked up in PATH), never a shell line.
    explicit ChildProcess(const std::vector<std::string>& argv, const ChildOptions& options = {},
                          OnOutput on_output = {});
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Sends a signal to the process itself, not to its group.
    void signal(int number) const;

    /// Reads output until `done` says yes, the process has ended, or `timeout` has passed; gives whether
    /// `done` said yes.
    bool pump_until(const std::function<bool()>& done, std::chrono::milliseconds timeout);

    /// Reads output for that long; gives false at once when the process ends meanwhile.
    bool running_after(std::chrono::milliseconds time);

    /// Reads output until the process has ended, whoever else still holds its streams; after `timeout` the
    /// process group is killed, which the exit code then shows.
    ChildResult wait(std::chrono::milliseconds timeout);

    /// The output so far.
    [[nodiscard]] const std::string& out() const { return out_; }
    [[nodiscard]] const std::string& err() const { return err_; }

  private:
    bool read_once(std::chrono::milliseconds timeout);
    void drain(int& descriptor, Stream stream);

    pid_t pid_ = -1;
    int out_pipe_ = -1;
    int err_pipe_ = -1;
    int exit_descriptor_ = -1;  ///< readable once the process has ended
    bool reaped_ = false;
    std::string out_;
    std::string err_;
    OnOutput on_output_;
    std::chrono::steady_clock::time_point started_;
};

/// Starts a program, waits for it and gives what it did; throws std::runtime_error with its streams when it
/// ends with another status than 0 or outlives `timeout`.
ChildResult run(const std::vector<std::string>& argv, const ChildOptions& options = {},
                std::chrono::milliseconds timeout = std::chrono::minutes(2));

/// As `run`, but every exit status is an answer.
ChildResult try_run(const std::vector<std::string>& argv, const ChildOptions& options = {},
                    std::chrono::milliseconds timeout = std::chrono::minutes(2));

}  // namespace pr_image::support
