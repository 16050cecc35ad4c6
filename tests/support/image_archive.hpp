#pragma once

#include "support/tar_writer.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pr_image::support {

/// Where an image archive has a blob.
std::string blob_path(std::string_view content);

/// A descriptor of that content, in JSON; `more` are further members, with a comma in front.
std::string describe(std::string_view media_type, std::string_view content, std::string_view more = {});

/// An image archive as buildx writes it, and whatever a test wants to be wrong about it. Each part is made of
/// those before it: change one, and make() those after it.
struct ImageArchive {
    static constexpr std::string_view kIndex = "application/vnd.oci.image.index.v1+json";
    static constexpr std::string_view kManifest = "application/vnd.oci.image.manifest.v1+json";
    static constexpr std::string_view kConfig = "application/vnd.oci.image.config.v1+json";
    static constexpr std::string_view kLayer = "application/vnd.oci.image.layer.v1.tar";

    /// Takes the image's name, `host/name:tag`, and its labels as JSON; its one layer has `hello.txt`.
    explicit ImageArchive(std::string image_name, std::string_view labels = "{}");

    std::string name;
    std::string layer;
    std::string config;
    std::string manifest;
    std::string index_json;
    std::string manifest_json;  ///< empty: none, as OCI tools write it
    std::string layout = R"({"imageLayoutVersion":"1.0.0"})";
    std::vector<std::pair<std::string, std::string>> more;  ///< further files, after the blobs

    ImageArchive& make_manifest();
    ImageArchive& make_index();          ///< that leads to the manifest, under the name
    ImageArchive& make_manifest_json();  ///< that has the name
    /// An index.json that leads to that content, a manifest or an index, under the name.
    ImageArchive& lead_to(std::string_view media_type, const std::string& content);

    [[nodiscard]] TarWriter writer() const;
    [[nodiscard]] std::string tar() const { return writer().finish(); }
};

/// Gives a configuration for linux on that architecture, with these labels and plain layers.
std::string image_config(std::string_view architecture, std::string_view labels,
                         const std::vector<std::string>& layers);

}  // namespace pr_image::support
