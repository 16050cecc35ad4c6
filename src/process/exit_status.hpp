#pragma once

#include <string>

namespace pr_image::process {

/// How a program ended: with an exit code, or by a signal.
struct ExitStatus {
    int code = 0;    ///< 0 to 255; meaningless when `signal` is not 0
    int signal = 0;  ///< the signal that ended it, or 0

    [[nodiscard]] bool ok() const { return code == 0 && signal == 0; }
    bool operator==(const ExitStatus&) const = default;
};

/// Gives "exit code 3" or "signal 9 (Killed)".
std::string to_string(const ExitStatus& status);

/// Gives what a shell would report: the code, or 128 and the signal's number.
int shell_code(const ExitStatus& status);

}  // namespace pr_image::process
