#pragma once

#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/pull_request_number.hpp"
#include "text/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan::cleanup {

using text::Timestamp;

/// What a manifest is, as far as references go.
enum class ManifestType : std::uint8_t { unknown, oci_index, docker_list, oci_image, docker_image };

/// True for the two kinds that refer to other manifests.
constexpr bool is_index(ManifestType type) {
    return type == ManifestType::oci_index || type == ManifestType::docker_list;
}

/// True for the two kinds that are known to refer to none.
constexpr bool is_image(ManifestType type) {
    return type == ManifestType::oci_image || type == ManifestType::docker_image;
}

/// Takes a media type, with parameters or without; gives the kind, `unknown` for all others.
ManifestType manifest_type(std::string_view media_type);

/// Gives the media type of a kind; an unknown one is written as an OCI image manifest.
std::string_view media_type(ManifestType type);

/// What one manifest says of another (OCI image spec, descriptor.md).
struct Descriptor {
    Digest digest;
    ManifestType type = ManifestType::unknown;
    std::uint64_t size = 0;               ///< bytes
    bool runnable = true;                 ///< false for an attestation, which only accompanies an image
    std::optional<Digest> attested = {};  ///< the image that BuildKit says an attestation accompanies
};

/// What the manifest of a clean-up's journal says of itself.
struct JournalMark {
    std::string tag;                   ///< the one tag under which it counts
    std::optional<Timestamp> created;  ///< when the clean-up began
};

/// What BuildKit writes on an attestation's descriptor: what it is, and of which image.
inline constexpr std::string_view kReferenceTypeAnnotation = "vnd.docker.reference.type";
inline constexpr std::string_view kAttestedAnnotation = "vnd.docker.reference.digest";

/// Where a journal names its own tag.
inline constexpr std::string_view kJournalTagAnnotation = "org.opencontainers.image.ref.name";
/// The artifact type that makes an OCI index a clean-up's journal.
inline constexpr std::string_view kJournalArtifactType = "application/vnd.pr-image.cleanup-journal.v1+json";

/// What a manifest refers to.
struct Manifest {
    ManifestType type = ManifestType::unknown;
    std::vector<Descriptor> children;  ///< of an index, in its order
    std::optional<Digest> subject;     ///< what it is a referrer of
    std::optional<Digest> config;      ///< the blob that holds an image's labels
    bool attestation = false;          ///< its content is statements about an image, nothing that can run
    std::optional<JournalMark> journal = {};
};

/// Takes a manifest's bytes and the Content-Type that it came with (may be empty); gives what it refers to.
/// Whatever has a `manifests` list is an index, even if it calls itself something else: a reference must not
/// be overlooked. An Error says why the bytes cannot be trusted to be understood.
Result<Manifest> parse_manifest(std::string_view bytes, std::string_view content_type);

/// What an image's configuration says that clean-up asks for.
struct ImageConfig {
    std::string branch;                            ///< label dev.pr-image.branch, or empty
    std::optional<Timestamp> created;              ///< label org.opencontainers.image.created
    std::optional<PullRequestNumber> number = {};  ///< label dev.pr-image.number
    std::string head_sha = {};                     ///< label dev.pr-image.head-sha, or empty
};

/// Takes an image configuration's bytes (OCI image spec, config.md); gives its labels' part. The `created`
/// field is not looked at: reproducible builds set it to any time they like.
Result<ImageConfig> parse_image_config(std::string_view bytes);

}  // namespace pr_image::plan::cleanup
