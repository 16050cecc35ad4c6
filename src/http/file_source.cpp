#include "http/file_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace pr_image::http {

namespace asio = boost::asio;
using text::fail;
using text::Result;

namespace {

struct OpenFile {
    explicit OpenFile(int opened) : descriptor(opened) {}
    ~OpenFile() { ::close(descriptor); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    int descriptor;
    std::uint64_t left = 0;
};

std::unexpected<text::Error> unreadable(const std::string& path, int code) {
    return fail("File not readable", fmt::format("{}: {}", text::printable(path), std::strerror(code)));
}

}  // namespace

Result<Source> file_source(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return unreadable(path, errno);
    const auto file = std::make_shared<OpenFile>(descriptor);
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return unreadable(path, errno);
    if (!S_ISREG(status.st_mode)) return unreadable(path, EINVAL);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    file->left = size;

    Source source{.size = size, .read = {}, .rewind = {}};
    source.read = [file, path](std::span<char> buffer) -> asio::awaitable<Result<std::size_t>> {
        const std::size_t wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), file->left));
        if (wanted == 0) co_return std::size_t{0};
        const ssize_t got = ::read(file->descriptor, buffer.data(), wanted);
        if (got < 0) co_return unreadable(path, errno);
        if (got == 0)
            co_return fail("File not readable", fmt::format("{} became shorter", text::printable(path)));
        file->left -= static_cast<std::uint64_t>(got);
        co_return static_cast<std::size_t>(got);
    };
    source.rewind = [file, path, size]() -> Result<void> {
        if (::lseek(file->descriptor, 0, SEEK_SET) != 0) return unreadable(path, errno);
        file->left = size;
        return {};
    };
    return source;
}

}  // namespace pr_image::http
