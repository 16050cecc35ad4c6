#include "github/artifacts/partial_file.hpp"

#include "process/disk_room.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace pr_image::github::artifacts {

Result<PartialFile> PartialFile::create(std::string path) {
    const std::string partial = path + ".part";
    // What an interrupted run has left; and never through somebody's link.
    ::unlink(partial.c_str());
    const int descriptor =
        ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return process::write_failed(partial, errno);
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
    return process::require_room(partial_path(), size);
}

Result<void> PartialFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return process::write_failed(path_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> PartialFile::commit() {
    if (::close(std::exchange(descriptor_, -1)) != 0) return process::write_failed(path_, errno);
    if (std::rename(partial_path().c_str(), path_.c_str()) != 0) return process::write_failed(path_, errno);
    there_ = false;
    return {};
}

}  // namespace pr_image::github::artifacts
