#include "process/disk_room.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <sys/statvfs.h>
#include <utility>

namespace pr_image::process {

namespace {

double mebibytes(std::uint64_t bytes) {
    return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

std::unexpected<Error> no_room(const std::string& path, std::string why) {
    return text::fail(
        fmt::format("No room for '{}'", text::printable(path)), std::move(why),
        "Free some disk space on the runner before this step, or use a runner with a larger disk.");
}

}  // namespace

Result<void> require_room(const std::string& path, std::uint64_t size) {
    struct statvfs about{};
    if (::statvfs(path.c_str(), &about) != 0) return {};
    const std::uint64_t free = std::uint64_t{about.f_bavail} * about.f_frsize;
    if (size <= free) return {};
    return no_room(path, fmt::format("it needs {:.1f} MiB and the disk has {:.1f} MiB", mebibytes(size),
                                     mebibytes(free)));
}

std::unexpected<Error> write_failed(const std::string& path, int code) {
    if (code == ENOSPC || code == EDQUOT || code == EFBIG) return no_room(path, std::strerror(code));
    return text::fail(fmt::format("'{}' cannot be written", text::printable(path)), std::strerror(code));
}

}  // namespace pr_image::process
