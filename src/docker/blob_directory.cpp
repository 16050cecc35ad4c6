#include "docker/blob_directory.hpp"

#include "process/disk_room.hpp"
#include "process/read_file.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace pr_image::docker {

namespace {

process::Descriptor make_file(const std::string& path) {
    return process::Descriptor(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
}

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return process::write_failed(path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

std::string blob_name(const Digest& digest) {
    return fmt::format("blobs/{}/{}", digest.algorithm(), digest.hex());
}

Result<BlobDirectory> BlobDirectory::create(const std::string& temp_directory) {
    TRY_ASSIGN(process::PrivateDirectory folder, process::PrivateDirectory::create_on_disk(temp_directory));
    TRY_ASSIGN(std::string layout, folder.make_directory("image"));
    std::error_code error;
    std::filesystem::create_directories(layout + "/blobs/sha256", error);
    if (error) return process::write_failed(layout, error.value());
    return BlobDirectory(std::move(folder), std::move(layout));
}

std::string BlobDirectory::path_of(const Digest& digest) const {
    return fmt::format("{}/{}", path_, blob_name(digest));
}

Result<void> BlobDirectory::expect(std::uint64_t size) const {
    return process::require_room(path_, size);
}

Result<void> BlobDirectory::begin() {
    incoming_ = make_file(incoming_path());
    if (incoming_.get() < 0) return process::write_failed(incoming_path(), errno);
    size_ = 0;
    return {};
}

Result<void> BlobDirectory::write(std::string_view bytes) {
    hash_.update(bytes);
    size_ += bytes.size();
    return write_all(incoming_.get(), bytes, incoming_path());
}

Result<Blob> BlobDirectory::end() {
    Blob blob{.digest = hash_.finish(), .size = size_};
    if (::close(incoming_.release()) != 0) return process::write_failed(incoming_path(), errno);
    if (std::rename(incoming_path().c_str(), path_of(blob.digest).c_str()) != 0)
        return process::write_failed(incoming_path(), errno);
    return blob;
}

Result<Blob> BlobDirectory::add(std::string_view bytes) {
    TRY(begin());
    TRY(write(bytes));
    return end();
}

Result<std::string> BlobDirectory::read(const Digest& digest, std::uint64_t max_size) const {
    TRY_ASSIGN(std::optional<std::string> content,
               process::read_file(path_of(digest), max_size, process::Links::refuse));
    if (!content) return process::write_failed(path_of(digest), ENOENT);
    return *std::move(content);
}

Result<std::string> BlobDirectory::read_start(const Digest& digest, std::size_t size) const {
    const std::string path = path_of(digest);
    const process::Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    std::string start(size, '\0');
    const ssize_t got = file.get() < 0 ? -1 : ::read(file.get(), start.data(), start.size());
    if (got < 0) return process::write_failed(path, errno);
    start.resize(static_cast<std::size_t>(got));
    return start;
}

Result<void> BlobDirectory::write_file(const std::string& name, std::string_view bytes) const {
    const std::string path = fmt::format("{}/{}", path_, name);
    process::Descriptor file = make_file(path);
    if (file.get() < 0) return process::write_failed(path, errno);
    TRY(write_all(file.get(), bytes, path));
    if (::close(file.release()) != 0) return process::write_failed(path, errno);
    return {};
}

void BlobDirectory::keep_only(const std::set<Digest>& wanted) const {
    std::vector<std::filesystem::path> unwanted;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path_ + "/blobs/sha256", ignored)) {
        const Result<Digest> digest = Digest::parse("sha256:" + entry.path().filename().string());
        if (!digest || !wanted.contains(*digest)) unwanted.push_back(entry.path());
    }
    for (const std::filesystem::path& path : unwanted)
        std::filesystem::remove(path, ignored);
}

}  // namespace pr_image::docker
