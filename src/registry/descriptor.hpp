#pragma once

#include "text/digest.hpp"
#include "text/error.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pr_image::registry {

using Annotations = std::map<std::string, std::string, std::less<>>;

/// What an image runs on (OCI image spec, image-index.md, `platform`).
struct Platform {
    std::string os;
    std::string architecture;
    std::string variant{};  ///< "v7"; may be empty

    /// Takes `os/architecture[/variant]`, as `--platform` has it; an Error shows what it is instead.
    static Result<Platform> parse(std::string_view text);

    /// `os/architecture[/variant]`.
    [[nodiscard]] std::string string() const;

    /// Says whether an image for this platform is what `wanted` asks for: a variant that is not asked for
    /// does not matter, and arm64 is arm64/v8 (containerd's normalisation).
    [[nodiscard]] bool satisfies(const Platform& wanted) const;

    bool operator==(const Platform&) const = default;
};

/// Content and where to find it (OCI image spec, descriptor.md).
struct Descriptor {
    std::string media_type;
    Digest digest;
    std::uint64_t size = 0;              ///< bytes
    std::optional<Platform> platform{};  ///< in an index, where it is said
    Annotations annotations{};
    std::string artifact_type{};  ///< of a referrer; may be empty

    bool operator==(const Descriptor&) const = default;
};

/// Takes a descriptor's JSON and what it is in, for the Error: a missing or malformed digest, size or media
/// type.
Result<Descriptor> parse_descriptor(const boost::json::value& json, std::string_view where);

/// Takes an object's member of that name; gives its string members. What is no string is left out.
Annotations parse_annotations(const boost::json::value& json, std::string_view member);

/// True for BuildKit's attestation manifests, which stand in an index beside the image they are about
/// (moby/buildkit, docs/attestations/attestation-storage.md).
bool is_attestation(const Descriptor& descriptor);

}  // namespace pr_image::registry
