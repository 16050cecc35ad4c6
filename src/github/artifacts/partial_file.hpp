#pragma once

#include "text/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace pr_image::github::artifacts {

/// A file that is there as a whole or not at all: written beside its place, moved there at the end, removed
/// when this object goes before that.
class PartialFile {
  public:
    /// Takes the path that the file shall have; makes it, readable by its owner only, with `.part` appended.
    /// Errors: it cannot be made.
    static Result<PartialFile> create(std::string path);

    ~PartialFile();
    PartialFile(PartialFile&& other) noexcept;
    PartialFile& operator=(PartialFile&&) = delete;

    /// Where the bytes are meanwhile.
    [[nodiscard]] std::string partial_path() const { return path_ + ".part"; }

    /// Takes how many bytes are to come. Errors: the disk has no room for them.
    Result<void> expect(std::uint64_t size) const;

    /// Appends bytes. Errors: the disk is full, or fails.
    Result<void> write(std::string_view bytes);

    /// Puts the file in its place; nothing can be written any more. Errors: the last bytes cannot be written,
    /// the place cannot be taken.
    Result<void> commit();

  private:
    PartialFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

    std::string path_;
    int descriptor_ = -1;
    bool there_ = true;  ///< the partial file exists and is ours to remove
};

}  // namespace pr_image::github::artifacts
