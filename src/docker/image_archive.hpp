#pragma once

#include "docker/archive_content.hpp"
#include "docker/blob_directory.hpp"
#include "docker/tar_reader.hpp"
#include "http/message.hpp"
#include "process/private_directory.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// One image that was read out of an archive and proven, on the disk: every blob of it has its digest, and
/// nothing else is there. Only ImageArchiveReader makes one.
class VerifiedImage {
  public:
    [[nodiscard]] const ImageContent& content() const { return content_; }

    /// Gives the image as an archive that this program wrote, which names nothing: `manifest.json` for older
    /// engines, an OCI layout for newer ones, both about this image. It reads the blobs while it is sent, in
    /// bounded memory; this object has to outlive it.
    [[nodiscard]] http::Source tar() const;

    /// Completes the blobs to an OCI layout, gives its folder's path and lets go of the folder, which is
    /// removed with its owner. An Error when the disk is full.
    struct Layout {
        process::PrivateDirectory folder;
        std::string path;
    };
    Result<Layout> release_layout() &&;

  private:
    friend class ImageArchiveReader;
    VerifiedImage(BlobDirectory blobs, ImageContent content)
        : blobs_(std::move(blobs)), content_(std::move(content)) {}

    BlobDirectory blobs_;
    ImageContent content_;
};

/// Takes an image archive (docker's format or an OCI layout, as a plain tar) from anybody, in pieces. Each of
/// its files is kept on the disk under its digest, where nothing else looks; what is wrong ends the reading.
/// Rules: TarReader's for the tar, read_archive_content()'s for what is in it, and that a file
/// `blobs/sha256/<hex>` has that digest.
class ImageArchiveReader {
  public:
    /// Takes the names that the archive may carry and a folder on a disk. An Error says why nothing can be
    /// made in it.
    static Result<ImageArchiveReader> create(std::vector<Reference> allowed,
                                             const std::string& temp_directory);

    /// Gives a folder on the same disk, for this user alone and gone with the reader and its image.
    [[nodiscard]] const std::string& scratch() const;

    /// Takes how many bytes are to come. An Error when the disk has no room for them.
    [[nodiscard]] Result<void> expect(std::uint64_t size) const;

    /// Takes the next bytes, of any number. Errors: what can be told from them alone. A reader that failed
    /// once is of no more use.
    Result<void> update(std::string_view bytes);

    /// Says that these were all the bytes; gives the image. Errors: see above.
    Result<VerifiedImage> finish() &&;

  private:
    struct State;
    explicit ImageArchiveReader(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

}  // namespace pr_image::docker
