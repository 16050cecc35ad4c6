#include "registry/manifest.hpp"

#include "text/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace pr_image::registry {

namespace {

namespace json = boost::json;

constexpr std::size_t kMostDescriptors = 4096;

Result<std::vector<Descriptor>> parse_list(const json::value& root, std::string_view member,
                                           std::string_view where) {
    const json::value* found = text::find_json(root, member);
    const json::array* array = found == nullptr ? nullptr : found->if_array();
    const std::string what = "Malformed " + std::string(where);
    if (array == nullptr) return text::fail(what, "it has no list of " + std::string(member));
    if (array->size() > kMostDescriptors) return text::fail(what, "it has too many " + std::string(member));
    std::vector<Descriptor> list;
    list.reserve(array->size());
    for (const json::value& entry : *array) {
        Result<Descriptor> descriptor = parse_descriptor(entry, where);
        if (!descriptor) return std::unexpected(std::move(descriptor).error());
        list.push_back(*std::move(descriptor));
    }
    return list;
}

Result<std::optional<Descriptor>> parse_subject(const json::value& root, std::string_view where) {
    const json::value* found = text::find_json(root, "subject");
    if (found == nullptr) return std::nullopt;
    Result<Descriptor> subject = parse_descriptor(*found, where);
    if (!subject) return std::unexpected(std::move(subject).error());
    return *std::move(subject);
}

}  // namespace

bool is_index(std::string_view media_type) {
    return media_type == "application/vnd.oci.image.index.v1+json" ||
           media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

Result<Manifest> parse_manifest(std::string_view bytes) {
    constexpr std::string_view where = "image manifest";
    const Result<json::value> root = text::parse_json(bytes, where);
    if (!root) return std::unexpected(root.error());
    const json::value* config_json = text::find_json(*root, "config");
    if (config_json == nullptr) {
        return text::fail("Malformed image manifest", "it has no config: it is an index or too old a format");
    }
    Result<Descriptor> config = parse_descriptor(*config_json, where);
    if (!config) return std::unexpected(std::move(config).error());
    Result<std::vector<Descriptor>> layers = parse_list(*root, "layers", where);
    if (!layers) return std::unexpected(std::move(layers).error());
    Result<std::optional<Descriptor>> subject = parse_subject(*root, where);
    if (!subject) return std::unexpected(std::move(subject).error());
    return Manifest{*std::move(config), *std::move(layers), *std::move(subject),
                    parse_annotations(*root, "annotations"), text::json_string(*root, "artifactType")};
}

Result<Index> parse_index(std::string_view bytes) {
    constexpr std::string_view where = "image index";
    const Result<json::value> root = text::parse_json(bytes, where);
    if (!root) return std::unexpected(root.error());
    Result<std::vector<Descriptor>> manifests = parse_list(*root, "manifests", where);
    if (!manifests) return std::unexpected(std::move(manifests).error());
    Result<std::optional<Descriptor>> subject = parse_subject(*root, where);
    if (!subject) return std::unexpected(std::move(subject).error());
    return Index{*std::move(manifests), *std::move(subject), parse_annotations(*root, "annotations")};
}

const Descriptor* choose_platform(const Index& index, const std::optional<Platform>& platform) {
    const Descriptor* chosen = nullptr;
    for (const Descriptor& manifest : index.manifests) {
        if (is_attestation(manifest)) continue;
        if (platform) {
            if (manifest.platform && manifest.platform->satisfies(*platform)) return &manifest;
            continue;
        }
        if (chosen != nullptr) return nullptr;
        chosen = &manifest;
    }
    return chosen;
}

Result<ImageConfig> parse_image_config(std::string_view bytes) {
    const Result<json::value> root = text::parse_json(bytes, "image configuration");
    if (!root) return std::unexpected(root.error());
    ImageConfig config{{text::json_string(*root, "os"), text::json_string(*root, "architecture"),
                        text::json_string(*root, "variant")},
                       parse_annotations(*root, "config.Labels"),
                       text::json_string(*root, "created")};
    if (config.platform.os.empty() || config.platform.architecture.empty()) {
        return text::fail("Malformed image configuration", "it does not say what the image runs on");
    }
    return config;
}

}  // namespace pr_image::registry
