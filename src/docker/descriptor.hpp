#pragma once

#include "docker/blob_directory.hpp"
#include "text/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace pr_image::docker {

inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kOciLayer = "application/vnd.oci.image.layer.v1.tar";

/// What a media type says a blob is: OCI's types, and Docker's older names for them.
enum class ContentKind { index, manifest, config, layer, other };

/// Gives the kind; a layer that is to be fetched from elsewhere ("foreign", "nondistributable") is `other`.
ContentKind kind_of(std::string_view media_type);

/// True for a layer's type without a compression, which then has the digest that the configuration lists.
bool is_plain_layer(std::string_view media_type);

/// What refers to a blob (OCI image spec, descriptor.md).
struct Descriptor {
    std::string media_type;
    Blob blob;
    std::string os{};            ///< of the platform; empty when the descriptor names none
    std::string architecture{};  ///< the same
    bool attestation = false;    ///< BuildKit's note on another image of the same index, never run
};

/// Takes a descriptor and the file it stands in. Errors: no media type, digest (SHA-256) or size; members
/// that some readers take for others; `urls` or embedded `data`, where readers may find another content; an
/// attestation that names a platform on which it could be run.
Result<Descriptor> parse_descriptor(const boost::json::value& value, std::string_view file);

}  // namespace pr_image::docker
