#include "docker/descriptor.hpp"

#include "docker/archive_error.hpp"
#include "docker/strict_json.hpp"
#include "text/digest.hpp"
#include "text/json.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace pr_image::docker {

namespace {

namespace json = boost::json;
using text::printable;

constexpr std::array<std::string_view, 8> kDescriptorKeys = {
    "mediaType", "digest", "size", "urls", "annotations", "platform", "data", "artifactType"};
constexpr std::array<std::string_view, 6> kPlatformKeys = {"os",         "architecture", "variant",
                                                           "os.version", "os.features",  "features"};

constexpr std::array<std::pair<std::string_view, ContentKind>, 12> kTypes = {
    {{kOciIndex, ContentKind::index},
     {"application/vnd.docker.distribution.manifest.list.v2+json", ContentKind::index},
     {kOciManifest, ContentKind::manifest},
     {"application/vnd.docker.distribution.manifest.v2+json", ContentKind::manifest},
     {kOciConfig, ContentKind::config},
     {"application/vnd.docker.container.image.v1+json", ContentKind::config},
     {kOciLayer, ContentKind::layer},
     {"application/vnd.oci.image.layer.v1.tar+gzip", ContentKind::layer},
     {"application/vnd.oci.image.layer.v1.tar+zstd", ContentKind::layer},
     {"application/vnd.docker.image.rootfs.diff.tar", ContentKind::layer},
     {"application/vnd.docker.image.rootfs.diff.tar.gzip", ContentKind::layer},
     {"application/vnd.docker.image.rootfs.diff.tar.zstd", ContentKind::layer}}};

/// True for a member that is there and says something.
bool says_something(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return false;
    const json::array* list = value->if_array();
    return list == nullptr || !list->empty();
}

Result<void> read_platform(const json::value& value, std::string_view file, Descriptor& descriptor) {
    const json::object* platform = value.if_object();
    if (platform == nullptr) return malformed_in_archive(file);
    TRY(require_exact_keys(*platform, kPlatformKeys, file));
    descriptor.os = text::json_string(value, "os");
    descriptor.architecture = text::json_string(value, "architecture");
    if (descriptor.os.empty() || descriptor.architecture.empty()) return malformed_in_archive(file);
    return {};
}

}  // namespace

ContentKind kind_of(std::string_view media_type) {
    const auto* found =
        std::ranges::find(kTypes, media_type, &std::pair<std::string_view, ContentKind>::first);
    return found == kTypes.end() ? ContentKind::other : found->second;
}

bool is_plain_layer(std::string_view media_type) {
    return kind_of(media_type) == ContentKind::layer && media_type.ends_with(".tar");
}

Result<Descriptor> parse_descriptor(const json::value& value, std::string_view file) {
    const json::object* object = value.if_object();
    if (object == nullptr) return malformed_in_archive(file);
    TRY(require_exact_keys(*object, kDescriptorKeys, file));
    const Result<Digest> digest = Digest::parse(text::json_string(value, "digest"));
    const std::optional<std::uint64_t> size = text::json_number(value, "size");
    std::string media_type = text::json_string(value, "mediaType");
    if (!digest || !size || media_type.empty()) return malformed_in_archive(file);
    if (digest->algorithm() != "sha256")
        return refuse_archive(
            fmt::format("its {} names content by {}; only sha256 is used", file, digest->algorithm()));
    if (says_something(*object, "urls") || says_something(*object, "data")) {
        return refuse_archive(
            fmt::format("its {} lets content come from somewhere else than from this archive", file));
    }
    Descriptor descriptor{.media_type = std::move(media_type), .blob = {.digest = *digest, .size = *size}};
    if (const json::value* platform = text::find_json(value, "platform")) {
        TRY(read_platform(*platform, file, descriptor));
    }

    const json::value* annotations = text::find_json(value, "annotations");
    const json::object* all = annotations == nullptr ? nullptr : annotations->if_object();
    const json::value* type = all == nullptr ? nullptr : all->if_contains("vnd.docker.reference.type");
    descriptor.attestation =
        type != nullptr && type->is_string() && std::string_view(type->as_string()) == "attestation-manifest";
    // Some readers go by the annotation, others by the platform.
    if (descriptor.attestation && (descriptor.os != "unknown" || descriptor.architecture != "unknown")) {
        return refuse_archive(fmt::format("its {} has an attestation that could be run, for {}/{}", file,
                                          printable(descriptor.os, 40),
                                          printable(descriptor.architecture, 40)));
    }
    return descriptor;
}

}  // namespace pr_image::docker
