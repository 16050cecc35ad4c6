#pragma once

#include "process/descriptor.hpp"
#include "process/private_directory.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/sha256.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace pr_image::docker {

/// A file that is known by the SHA-256 of its content.
struct Blob {
    Digest digest;
    std::uint64_t size = 0;  ///< in bytes

    bool operator==(const Blob&) const = default;
};

/// Gives where an OCI layout has a blob: `blobs/sha256/<hex>`.
std::string blob_name(const Digest& digest);

/// Files on the disk, each named by the SHA-256 of what was written, as an OCI layout has them
/// (`blobs/sha256/<hex>`), in a folder that only this user can enter and that is gone with the object. What
/// is not trusted yet is kept here, where nothing else looks.
class BlobDirectory {
  public:
    /// Takes a folder on a disk. An Error says why nothing can be made in it.
    static Result<BlobDirectory> create(const std::string& temp_directory);

    /// The folder that holds the layout and nothing else.
    [[nodiscard]] const std::string& folder() const { return folder_.path(); }

    /// The layout's root.
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string path_of(const Digest& digest) const;

    /// Takes how many bytes are to come. An Error when the disk has no room for them.
    [[nodiscard]] Result<void> expect(std::uint64_t size) const;

    /// Starts the next file; write() appends to it; end() gives it its name. Errors: the disk is full, or
    /// fails.
    Result<void> begin();
    Result<void> write(std::string_view bytes);
    Result<Blob> end();

    /// Writes a whole file.
    Result<Blob> add(std::string_view bytes);

    /// Gives the content of a file that is here and has at most `max_size` bytes. An Error otherwise.
    [[nodiscard]] Result<std::string> read(const Digest& digest, std::uint64_t max_size) const;

    /// Gives the first bytes of a file that is here; fewer where it has no more.
    [[nodiscard]] Result<std::string> read_start(const Digest& digest, std::size_t size) const;

    /// Writes a file of that name beside the blobs.
    Result<void> write_file(const std::string& name, std::string_view bytes) const;

    /// Removes every file but these.
    void keep_only(const std::set<Digest>& wanted) const;

    /// Gives the folder away, with all that is in it.
    process::PrivateDirectory release() && { return std::move(folder_); }

  private:
    BlobDirectory(process::PrivateDirectory folder, std::string path)
        : folder_(std::move(folder)), path_(std::move(path)) {}
    [[nodiscard]] std::string incoming_path() const { return path_ + "/incoming"; }

    process::PrivateDirectory folder_;
    std::string path_;
    process::Descriptor incoming_;
    text::Sha256 hash_{};
    std::uint64_t size_ = 0;
};

}  // namespace pr_image::docker
