#pragma once

#include "docker/descriptor.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// What an image's configuration says of it (OCI image spec, config.md).
struct ImageConfig {
    std::string os;
    std::string architecture;
    std::string variant;  ///< often empty
    std::map<std::string, std::string> labels;
    std::vector<Digest> layers;  ///< of the unpacked layers, `rootfs.diff_ids`
};

/// Takes a configuration's JSON from an image archive. Errors: parse_strict_json()'s; members that some
/// readers take for others; no platform; labels that are no texts; malformed digests.
Result<ImageConfig> parse_image_config(std::string_view text);

/// Says whether these layers are those of the configuration, as far as that shows without unpacking them:
/// their number, and the digests of those that are not compressed.
Result<void> verify_layers(const ImageConfig& config, const std::vector<Descriptor>& layers);

}  // namespace pr_image::docker
