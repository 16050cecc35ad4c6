#include "registry/manifest.hpp"

#include "text/json.hpp"
#include "text/try.hpp"

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
        TRY_ASSIGN(Descriptor descriptor, parse_descriptor(entry, where));
        list.push_back(std::move(descriptor));
    }
    return list;
}

Result<std::optional<Descriptor>> parse_subject(const json::value& root, std::string_view where) {
    const json::value* found = text::find_json(root, "subject");
    if (found == nullptr) return std::nullopt;
    TRY_ASSIGN(Descriptor subject, parse_descriptor(*found, where));
    return subject;
}

}  // namespace

bool is_index(std::string_view media_type) {
    return media_type == "application/vnd.oci.image.index.v1+json" ||
           media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

Result<Manifest> parse_manifest(std::string_view bytes) {
    constexpr std::string_view where = "image manifest";
    TRY_ASSIGN(const json::value root, text::parse_json(bytes, where));
    const json::value* config_json = text::find_json(root, "config");
    if (config_json == nullptr) {
        return text::fail("Malformed image manifest", "it has no config: it is an index or too old a format");
    }
    TRY_ASSIGN(Descriptor config, parse_descriptor(*config_json, where));
    TRY_ASSIGN(std::vector<Descriptor> layers, parse_list(root, "layers", where));
    TRY_ASSIGN(std::optional<Descriptor> subject, parse_subject(root, where));
    return Manifest{std::move(config), std::move(layers), std::move(subject),
                    parse_annotations(root, "annotations"), text::json_string(root, "artifactType")};
}

Result<Index> parse_index(std::string_view bytes) {
    constexpr std::string_view where = "image index";
    TRY_ASSIGN(const json::value root, text::parse_json(bytes, where));
    TRY_ASSIGN(std::vector<Descriptor> manifests, parse_list(root, "manifests", where));
    TRY_ASSIGN(std::optional<Descriptor> subject, parse_subject(root, where));
    return Index{std::move(manifests), std::move(subject), parse_annotations(root, "annotations")};
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
    TRY_ASSIGN(const json::value root, text::parse_json(bytes, "image configuration"));
    ImageConfig config{{text::json_string(root, "os"), text::json_string(root, "architecture"),
                        text::json_string(root, "variant")},
                       parse_annotations(root, "config.Labels"),
                       text::json_string(root, "created")};
    if (config.platform.os.empty() || config.platform.architecture.empty()) {
        return text::fail("Malformed image configuration", "it does not say what the image runs on");
    }
    return config;
}

}  // namespace pr_image::registry
