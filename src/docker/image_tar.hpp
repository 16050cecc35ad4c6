#pragma once

#include "docker/archive_content.hpp"
#include "docker/blob_directory.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace pr_image::docker {

/// Gives the header of a regular file in a tar archive (POSIX.1-2017, ustar), with a pax record for a size of
/// 8 GiB or more. `name` has at most 99 bytes.
std::string tar_header(std::string_view name, std::uint64_t size);

/// Takes a proven image and its blobs, which have to outlive the result; gives it as a tar archive that
/// `POST /images/load` takes: its blobs, then `manifest.json`, `index.json` and `oci-layout`, in which no
/// name stands. It is read in bounded memory, and can be read again.
http::Source image_tar(const ImageContent& image, const BlobDirectory& blobs);

}  // namespace pr_image::docker
