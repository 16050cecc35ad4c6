#include "github/artifacts/partial_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace pr_image::github::artifacts {

namespace {

std::unexpected<Error> no_room(std::string_view path, std::string why) {
    return text::fail(
        fmt::format("No room for '{}'", text::printable(path)), std::move(why),
        "Free some disk space on the runner before this step, or use a runner with a larger disk.");
}

double mebibytes(std::uint64_t bytes) {
    return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

}  // namespace

Result<PartialFile> PartialFile::create(std::string path) {
    const std::string partial = path + ".part";
    // What an interrupted run has left; and never through somebody's link.
    ::unlink(partial.c_str());
    const int descriptor =
        ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return text::fail(fmt::format("'{}' cannot be written", text::printable(partial)),
                          std::strerror(errno));
    }
    return PartialFile(std::move(path), descriptor);
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      there_(std::exchange(other.there_, false)) {}

PartialFile::~PartialFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (there_) ::unlink(partial_path().c_str());
}

Result<void> PartialFile::expect(std::uint64_t size) const {
    struct statvfs about{};
    if (::fstatvfs(descriptor_, &about) != 0) return {};
    const std::uint64_t free = std::uint64_t{about.f_bavail} * about.f_frsize;
    if (size <= free) return {};
    return no_room(path_, fmt::format("it needs {:.1f} MiB and the disk has {:.1f} MiB", mebibytes(size),
                                      mebibytes(free)));
}

Result<void> PartialFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> PartialFile::commit() {
    if (::close(std::exchange(descriptor_, -1)) != 0) return failed(errno);
    if (std::rename(partial_path().c_str(), path_.c_str()) != 0) return failed(errno);
    there_ = false;
    return {};
}

std::unexpected<Error> PartialFile::failed(int code) const {
    if (code == ENOSPC || code == EDQUOT || code == EFBIG) return no_room(path_, std::strerror(code));
    return text::fail(fmt::format("'{}' cannot be written", text::printable(path_)), std::strerror(code));
}

}  // namespace pr_image::github::artifacts
