#pragma once

#include "docker/archive_content.hpp"
#include "docker/blob_directory.hpp"
#include "text/error.hpp"

#include <string>
#include <string_view>

namespace pr_image::docker {

/// The content of `oci-layout` (OCI image spec, image-layout.md).
inline constexpr std::string_view kOciLayout = R"({"imageLayoutVersion":"1.0.0"})";

/// Gives an `index.json` that leads to this image and names nothing.
std::string index_json(const ImageContent& image);

/// Gives the `manifest.json` of an archive with this image (Docker image spec 1.2), without a name.
std::string manifest_json(const ImageContent& image);

/// Writes `index.json` and `oci-layout` beside the image's blobs, so that a build context `oci-layout://` can
/// read it. An Error when the disk is full.
Result<void> write_oci_layout(const ImageContent& image, const BlobDirectory& blobs);

}  // namespace pr_image::docker
