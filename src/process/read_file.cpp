#include "process/read_file.hpp"

#include "process/open_beneath.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace pr_image::process {
namespace {

std::unexpected<Error> cannot_read(const std::string& path, std::string_view why, std::string fix = {}) {
    return text::fail(fmt::format("Cannot read '{}'", text::printable(path)), std::string(why),
                      std::move(fix));
}

Result<std::optional<std::string>> read_all(int descriptor, const std::string& path, std::size_t limit) {
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0) return cannot_read(path, std::strerror(errno));
    if (!S_ISREG(status.st_mode)) return cannot_read(path, "it is not a regular file");
    std::string content;
    std::array<char, 16384> chunk{};
    while (true) {
        const ssize_t got = ::read(descriptor, chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(path, std::strerror(errno));
        if (got == 0) return content;
        content.append(chunk.data(), static_cast<std::size_t>(got));
        if (content.size() > limit) {
            return cannot_read(path, fmt::format("it is larger than {} bytes", limit));
        }
    }
}

}  // namespace

Result<std::optional<std::string>> read_file(const std::string& path, std::size_t limit, Links links) {
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    const int descriptor = ::open(path.c_str(), links == Links::follow ? flags : flags | O_NOFOLLOW);
    if (descriptor < 0) {
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        if (errno == ELOOP && links == Links::refuse) return cannot_read(path, "it is a symbolic link");
        return cannot_read(path, std::strerror(errno));
    }
    Result<std::optional<std::string>> content = read_all(descriptor, path, limit);
    ::close(descriptor);
    return content;
}

Result<std::optional<std::string>> read_file_beneath(const std::string& folder, const std::string& relative,
                                                     std::size_t limit) {
    const std::string path = fmt::format("{}/{}", folder, relative);
    const Descriptor root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (root.get() < 0) {
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        return cannot_read(path, std::strerror(errno));
    }
    const auto file = open_beneath(root.get(), relative, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file && (file.error() == ENOENT || file.error() == ENOTDIR)) return std::nullopt;
    if (!file && file.error() == ELOOP) return cannot_read(path, "a symbolic link is on the way");
    if (!file) return cannot_read(path, std::strerror(file.error()));
    return read_all(file->get(), path, limit);
}

}  // namespace pr_image::process
