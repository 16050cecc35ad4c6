#include "process/private_directory.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/magic.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace pr_image::process {
namespace {

constexpr const char* kMemory = "/dev/shm";
constexpr std::string_view kPrefix = "pr-image-";

bool is_memory(const char* path) {
    struct statfs status = {};
    return ::statfs(path, &status) == 0 && status.f_type == TMPFS_MAGIC;
}

bool is_plain_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
           name.find('\0') == std::string_view::npos;
}

/// Gives the open folder with its lock, or -1 when somebody else has it or has just removed the folder.
int lock_folder(const std::string& path) {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return -1;
    struct stat status = {};
    if (::flock(folder, LOCK_EX | LOCK_NB) == 0 && ::fstat(folder, &status) == 0 && status.st_nlink > 0)
        return folder;
    ::close(folder);
    return -1;
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
        Result<PrivateDirectory> made = create_in(parent);
        if (made) return made;
        tried +=
            fmt::format("{}{}: {}", tried.empty() ? "" : ", ", text::printable(parent), made.error().why);
    }
    return text::fail("Cannot make a private folder for credentials", tried,
                      "Give the container a writable /dev/shm or temporary folder");
}

Result<PrivateDirectory> PrivateDirectory::create_on_disk(const std::string& temp_directory) {
    Result<PrivateDirectory> made = create_in(temp_directory);
    if (made) return made;
    return text::fail("Cannot make a folder for large files",
                      fmt::format("{}: {}", text::printable(temp_directory), made.error().why),
                      "Give the container a writable temporary folder");
}

/// Another run may take a folder that is not locked yet for one that was left behind: then there is another.
Result<PrivateDirectory> PrivateDirectory::create_in(const std::string& parent) {
    constexpr int kTries = 10;
    for (int i = 0; i < kTries; ++i) {
        std::string path = fmt::format("{}/{}XXXXXX", parent, kPrefix);
        if (::mkdtemp(path.data()) == nullptr) break;
        const int lock = lock_folder(path);
        if (lock >= 0) return PrivateDirectory(path, lock);
    }
    return text::fail("Cannot make a private folder", std::strerror(errno));
}

std::size_t remove_abandoned(const std::string& temp_directory) {
    std::size_t removed = 0;
    for (const std::string& parent : {std::string(kMemory), temp_directory}) {
        std::error_code ignored;
        for (const auto& entry : std::filesystem::directory_iterator(parent, ignored)) {
            const std::string name = entry.path().filename();
            if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + 6) continue;
            const std::string path = entry.path();
            struct stat status = {};
            if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
                status.st_uid != ::geteuid() || (status.st_mode & 07777U) != S_IRWXU) {
                continue;
            }
            const int lock = lock_folder(path);
            if (lock < 0) continue;
            std::filesystem::remove_all(path, ignored);
            ::close(lock);
            ++removed;
        }
    }
    return removed;
}

PrivateDirectory::PrivateDirectory(PrivateDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}

PrivateDirectory& PrivateDirectory::operator=(PrivateDirectory&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(lock_, other.lock_);
    return *this;
}

PrivateDirectory::~PrivateDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    if (lock_ >= 0) ::close(lock_);
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
