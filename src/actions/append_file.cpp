#include "actions/append_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace pr_image::actions {

Result<int> open_for_append(std::string_view variable, const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
    if (descriptor >= 0) return descriptor;
    return text::fail(fmt::format("Cannot write to {}", variable),
                      fmt::format("'{}': {}", text::printable(path), std::strerror(errno)),
                      fmt::format("Let the step's user write to that file, or unset {}", variable));
}

Result<void> append(int descriptor, std::string_view variable, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            return text::fail(fmt::format("Cannot write to {}", variable),
                              written < 0 ? std::strerror(errno) : "nothing more can be written",
                              "Make room on the disk that holds the runner's temporary folder");
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace pr_image::actions
