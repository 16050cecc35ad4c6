#include "registry/descriptor.hpp"

#include "text/json.hpp"
#include "text/strings.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace pr_image::registry {

namespace {

bool is_part(std::string_view part) {
    return !part.empty() &&
           std::ranges::all_of(part, [](char c) { return text::is_word(c) || c == '.' || c == '-'; });
}

}  // namespace

Result<Platform> Platform::parse(std::string_view text) {
    const std::vector<std::string_view> parts = text::split(text, '/');
    if (parts.size() < 2 || parts.size() > 3 || !std::ranges::all_of(parts, is_part)) {
        return text::fail(
            "Invalid platform",
            fmt::format("'{}' is not os/architecture or os/architecture/variant", text::printable(text)),
            "Write a platform as linux/amd64 or linux/arm/v7.");
    }
    return Platform{std::string(parts[0]), std::string(parts[1]),
                    parts.size() == 3 ? std::string(parts[2]) : ""};
}

std::string Platform::string() const {
    std::string text = os + "/" + architecture;
    if (!variant.empty()) text += "/" + variant;
    return text;
}

bool Platform::satisfies(const Platform& wanted) const {
    const auto normal = [](const Platform& platform) {
        return platform.architecture == "arm64" && platform.variant == "v8" ? std::string()
                                                                            : platform.variant;
    };
    const std::string wanted_variant = normal(wanted);
    return os == wanted.os && architecture == wanted.architecture &&
           (wanted_variant.empty() || normal(*this) == wanted_variant);
}

Annotations parse_annotations(const boost::json::value& json, std::string_view member) {
    Annotations annotations;
    const boost::json::value* found = text::find_json(json, member);
    const boost::json::object* object = found == nullptr ? nullptr : found->if_object();
    if (object == nullptr) return annotations;
    for (const auto& [name, value] : *object) {
        if (const boost::json::string* text = value.if_string()) annotations.emplace(name, *text);
    }
    return annotations;
}

Result<Descriptor> parse_descriptor(const boost::json::value& json, std::string_view where) {
    const std::string what = fmt::format("Malformed {}", where);
    Result<Digest> digest = Digest::parse(text::json_string(json, "digest"));
    if (!digest) return text::fail(what, digest.error().why);
    const std::optional<std::uint64_t> size = text::json_number(json, "size");
    if (!size) return text::fail(what, fmt::format("the size of {} is no number", digest->string()));
    const std::string media_type = text::json_string(json, "mediaType");
    if (media_type.empty()) {
        return text::fail(what, fmt::format("{} has no media type", digest->string()));
    }
    Descriptor descriptor{.media_type = media_type, .digest = *std::move(digest), .size = *size};
    if (text::find_json(json, "platform") != nullptr) {
        descriptor.platform =
            Platform{text::json_string(json, "platform.os"), text::json_string(json, "platform.architecture"),
                     text::json_string(json, "platform.variant")};
    }
    descriptor.annotations = parse_annotations(json, "annotations");
    descriptor.artifact_type = text::json_string(json, "artifactType");
    return descriptor;
}

bool is_attestation(const Descriptor& descriptor) {
    const auto type = descriptor.annotations.find("vnd.docker.reference.type");
    return type != descriptor.annotations.end() && type->second == "attestation-manifest";
}

}  // namespace pr_image::registry
