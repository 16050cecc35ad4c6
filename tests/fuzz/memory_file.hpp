#pragma once

#include "fuzz/target.hpp"

#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace pr_image::fuzz {

/// A file without a disk, for code that takes a path.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view content) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        require(descriptor_ >= 0);
        while (!content.empty()) {
            const ssize_t written = ::write(descriptor_, content.data(), content.size());
            require(written > 0);
            content.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

    [[nodiscard]] std::string content() const {
        std::string bytes(static_cast<std::size_t>(::lseek(descriptor_, 0, SEEK_END)), '\0');
        require(::pread(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
        return bytes;
    }

  private:
    int descriptor_;
};

}  // namespace pr_image::fuzz
