#include "process/exit_status.hpp"

#include <fmt/format.h>

#include <cstring>

namespace pr_image::process {

std::string to_string(const ExitStatus& status) {
    if (status.signal == 0) return fmt::format("exit code {}", status.code);
    const char* name = ::sigdescr_np(status.signal);
    return fmt::format("signal {} ({})", status.signal, name == nullptr ? "unknown" : name);
}

int shell_code(const ExitStatus& status) {
    return status.signal == 0 ? status.code : 128 + status.signal;
}

}  // namespace pr_image::process
