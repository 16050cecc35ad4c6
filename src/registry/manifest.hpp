#pragma once

#include "registry/descriptor.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::registry {

/// Every manifest is smaller (OCI distribution spec, "Pushing manifests": registries must take 4 MiB).
constexpr std::size_t kLargestManifest = 4 * 1024 * 1024;

/// What an Accept header has to name so that registries give the manifest that was pushed.
constexpr std::string_view kManifestTypes =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

/// True for the media types of an OCI index and a docker manifest list.
bool is_index(std::string_view media_type);

/// A manifest as the registry holds it: its bytes are what the digest is about.
struct RawManifest {
    std::string media_type;
    Digest digest;  ///< SHA-256 of `bytes`
    std::string bytes;
};

/// An image for one platform, or another artifact (OCI image spec, manifest.md; docker's v2 schema 2).
struct Manifest {
    Descriptor config;
    std::vector<Descriptor> layers;
    std::optional<Descriptor> subject;
    Annotations annotations;
    std::string artifact_type;
};

/// A list of manifests (OCI image spec, image-index.md; docker's manifest list).
struct Index {
    std::vector<Descriptor> manifests;
    std::optional<Descriptor> subject;
    Annotations annotations;
};

/// Takes a manifest's bytes. Errors: no JSON, an index or docker's schema 1, a malformed descriptor, more
/// than 4096 layers.
Result<Manifest> parse_manifest(std::string_view bytes);

/// Takes an index's bytes. Errors: no JSON, no list of manifests, a malformed descriptor, more than 4096.
Result<Index> parse_index(std::string_view bytes);

/// Gives the index entry for `platform`, attestations left out; without a platform the only image there is.
/// nullptr when there is none, or when several images are there and no platform says which.
const Descriptor* choose_platform(const Index& index, const std::optional<Platform>& platform);

/// What an image is configured to be (OCI image spec, config.md).
struct ImageConfig {
    Platform platform;
    Annotations labels;
    std::string created;  ///< RFC 3339; may be empty
};

/// Takes an image configuration's bytes. Errors: no JSON, no os or architecture.
Result<ImageConfig> parse_image_config(std::string_view bytes);

}  // namespace pr_image::registry
