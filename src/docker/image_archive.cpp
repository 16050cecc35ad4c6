#include "docker/image_archive.hpp"

#include "docker/archive_error.hpp"
#include "docker/image_tar.hpp"
#include "docker/oci_layout.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace pr_image::docker {

struct ImageArchiveReader::State {
    State(BlobDirectory directory, std::vector<Reference> names)
        : blobs(std::move(directory)), allowed(std::move(names)) {}

    BlobDirectory blobs;
    std::vector<Reference> allowed;
    std::set<std::string, std::less<>> folders;
    std::map<std::string, Blob, std::less<>> files;
    TarEntry entry;
    TarReader reader{{.begin = [this](const TarEntry& next) { return begin(next); },
                      .content = [this](std::string_view piece) { return blobs.write(piece); },
                      .end = [this] { return end(); }}};

    Result<void> begin(const TarEntry& next) {
        entry = next;
        const bool twice = files.contains(next.name) || (!next.directory && folders.contains(next.name));
        if (twice) {
            return refuse_archive(fmt::format("its entry '{}' is there twice", next.name));
        }
        if (!next.directory) return blobs.begin();
        folders.insert(next.name);
        return {};
    }

    Result<void> end() {
        if (entry.directory) return {};
        TRY_ASSIGN(Blob blob, blobs.end());
        if (entry.name.starts_with("blobs/") &&
            entry.name != fmt::format("blobs/sha256/{}", blob.digest.hex())) {
            return refuse_archive(
                fmt::format("its entry '{}' does not have the digest that it is named by: it has "
                            "{}",
                            entry.name, blob.digest.string()));
        }
        files.emplace(entry.name, std::move(blob));
        return {};
    }
};

Result<ImageArchiveReader> ImageArchiveReader::create(std::vector<Reference> allowed,
                                                      const std::string& temp_directory) {
    TRY_ASSIGN(BlobDirectory blobs, BlobDirectory::create(temp_directory));
    return ImageArchiveReader(std::make_shared<State>(std::move(blobs), std::move(allowed)));
}

const std::string& ImageArchiveReader::scratch() const {
    return state_->blobs.folder();
}

Result<void> ImageArchiveReader::expect(std::uint64_t size) const {
    return state_->blobs.expect(size);
}

Result<void> ImageArchiveReader::update(std::string_view bytes) {
    return state_->reader.update(bytes);
}

Result<VerifiedImage> ImageArchiveReader::finish() && {
    TRY(state_->reader.finish());
    TRY_ASSIGN(ImageContent content,
               read_archive_content(state_->files, state_->blobs, std::move(state_->allowed)));
    std::set<Digest> wanted;
    for (const Blob& blob : content.blobs)
        wanted.insert(blob.digest);
    state_->blobs.keep_only(wanted);
    return VerifiedImage(std::move(state_->blobs), std::move(content));
}

http::Source VerifiedImage::tar() const {
    return image_tar(content_, blobs_);
}

Result<VerifiedImage::Layout> VerifiedImage::release_layout() && {
    TRY(write_oci_layout(content_, blobs_));
    std::string path = blobs_.path();
    return Layout{.folder = std::move(blobs_).release(), .path = std::move(path)};
}

}  // namespace pr_image::docker
