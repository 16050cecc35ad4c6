#pragma once

#include "support/http_client.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::support {

/// The smallest image that an engine takes: one layer with one file, `hello.txt`.
struct TinyImage {
    std::string config;    ///< bytes of its configuration, linux/<architecture>, with one label
    std::string layer;     ///< bytes of its layer, a tar
    std::string manifest;  ///< bytes of its OCI manifest

    /// Takes what tells it from others: the value of its label `dev.pr-image.test`, and its architecture.
    explicit TinyImage(std::string_view label, std::string_view architecture = "amd64");

    /// The media type of `manifest`.
    static constexpr std::string_view kManifestType = "application/vnd.oci.image.manifest.v1+json";

    /// Gives a tar as `docker save` writes it, with these names.
    [[nodiscard]] std::string docker_tar(const std::vector<std::string>& names) const;

    /// Uploads configuration and layer to a registry at 127.0.0.1:`port` and, unless the tag is empty, puts
    /// the manifest. Throws std::runtime_error with the registry's answer when it refuses.
    void push(std::uint16_t port, const std::string& repository, const std::string& tag,
              const HttpFields& fields = {}) const;
};

}  // namespace pr_image::support
