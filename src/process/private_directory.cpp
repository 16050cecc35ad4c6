#include "process/private_directory.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace pr_image::process {
namespace {

constexpr const char* kMemory = "/dev/shm";

bool is_memory(const char* path) {
    struct statfs status = {};
    return ::statfs(path, &status) == 0 && status.f_type == TMPFS_MAGIC;
}

bool is_plain_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
           name.find('\0') == std::string_view::npos;
}

std::unexpected<Error> cannot_write(const std::string& path, std::string_view why) {
    return text::fail(fmt::format("Cannot write '{}'", text::printable(path)), std::string(why),
                      "Make room in /dev/shm and in the temporary folder");
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::create(const std::string& temp_directory) {
    std::string tried;
    for (const std::string& parent : {std::string(kMemory), temp_directory, std::string("/tmp")}) {
        if (parent.empty() || (parent == kMemory && !is_memory(kMemory))) continue;
        std::string path = parent + "/pr-image-XXXXXX";
        if (::mkdtemp(path.data()) != nullptr) return PrivateDirectory(path);
        tried +=
            fmt::format("{}{}: {}", tried.empty() ? "" : ", ", text::printable(parent), std::strerror(errno));
    }
    return text::fail("Cannot make a private folder for credentials", tried,
                      "Give the container a writable /dev/shm or temporary folder");
}

Result<PrivateDirectory> PrivateDirectory::create_on_disk(const std::string& temp_directory) {
    std::string path = temp_directory + "/pr-image-XXXXXX";
    if (::mkdtemp(path.data()) != nullptr) return PrivateDirectory(path);
    return text::fail("Cannot make a folder for large files",
                      fmt::format("{}: {}", text::printable(temp_directory), std::strerror(errno)),
                      "Give the container a writable temporary folder");
}

PrivateDirectory::PrivateDirectory(PrivateDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

PrivateDirectory& PrivateDirectory::operator=(PrivateDirectory&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
}

PrivateDirectory::~PrivateDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<std::string> PrivateDirectory::write_file(std::string_view name, std::string_view bytes) const {
    if (!is_plain_name(name)) return cannot_write(std::string(name), "it is not a file's name");
    std::string path = fmt::format("{}/{}", path_, name);
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) return cannot_write(path, std::strerror(errno));
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            const int reason = errno;
            ::close(descriptor);
            return cannot_write(path, std::strerror(reason));
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::close(descriptor) != 0) return cannot_write(path, std::strerror(errno));
    return path;
}

Result<std::string> PrivateDirectory::make_directory(std::string_view name) const {
    if (!is_plain_name(name)) return cannot_write(std::string(name), "it is not a folder's name");
    std::string path = fmt::format("{}/{}", path_, name);
    if (::mkdir(path.c_str(), S_IRWXU) != 0) return cannot_write(path, std::strerror(errno));
    return path;
}

}  // namespace pr_image::process
