#include "process/open_beneath.hpp"

#include "text/strings.hpp"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace pr_image::process {

namespace {

std::expected<Descriptor, int> by_openat2(int folder, const std::string& relative, int flags) {
    open_how how = {};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    for (;;) {
        const long opened = ::syscall(SYS_openat2, folder, relative.c_str(), &how, sizeof(how));
        if (opened >= 0) return Descriptor(static_cast<int>(opened));
        // The kernel could not tell whether a `..` led out while somebody moved a folder.
        if (errno != EAGAIN && errno != EINTR) return std::unexpected(errno);
    }
}

std::expected<Descriptor, int> open_one(int folder, const std::string& name, int flags) {
    for (;;) {
        const int opened = ::openat(folder, name.c_str(), flags | O_NOFOLLOW);
        if (opened < 0 && errno == EINTR) continue;
        if (opened < 0) return std::unexpected(errno);
        Descriptor descriptor(opened);
        struct stat status = {};
        // With O_PATH a link itself is opened.
        if (::fstat(descriptor.get(), &status) != 0) return std::unexpected(errno);
        if (S_ISLNK(status.st_mode)) return std::unexpected(ELOOP);
        return descriptor;
    }
}

std::expected<Descriptor, int> by_walk(int folder, std::string_view relative, int flags) {
    if (relative.starts_with('/')) return std::unexpected(EXDEV);
    std::vector<std::string> parts;
    for (const std::string_view part : text::split(relative, '/')) {
        if (part == "..") return std::unexpected(EXDEV);
        if (!part.empty() && part != ".") parts.emplace_back(part);
    }
    if (parts.empty()) return open_one(folder, ".", flags);
    Descriptor at;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool last = i + 1 == parts.size();
        // Without O_DIRECTORY, so that a link on the way is ELOOP and not ENOTDIR.
        std::expected<Descriptor, int> next =
            open_one(i == 0 ? folder : at.get(), parts[i], last ? flags : O_PATH | O_CLOEXEC);
        if (!next) return next;
        at = *std::move(next);
    }
    return at;
}

}  // namespace

std::expected<Descriptor, int> open_beneath(int folder, const std::string& relative, int flags,
                                            OpenMethod method) {
    if (method == OpenMethod::automatic) {
        std::expected<Descriptor, int> opened = by_openat2(folder, relative, flags | O_CLOEXEC);
        // A kernel before 5.6, or a seccomp profile that does not know the call.
        if (opened || (opened.error() != ENOSYS && opened.error() != EPERM)) return opened;
    }
    return by_walk(folder, relative, flags | O_CLOEXEC);
}

}  // namespace pr_image::process
