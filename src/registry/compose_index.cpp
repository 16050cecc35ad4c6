#include "registry/compose_index.hpp"

#include "text/json.hpp"
#include "text/sha256.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace pr_image::registry {

namespace json = boost::json;

namespace {

constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
constexpr std::string_view kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

json::object to_json(const Platform& platform) {
    json::object object{{"architecture", platform.architecture}, {"os", platform.os}};
    if (!platform.variant.empty()) object["variant"] = platform.variant;
    return object;
}

}  // namespace

Result<std::vector<IndexEntry>> index_entries(std::string_view bytes) {
    TRY_ASSIGN(Index index, parse_index(bytes));
    TRY_ASSIGN(const json::value root, text::parse_json(bytes, "image index"));
    const json::array& list = text::find_json(root, "manifests")->get_array();
    std::vector<IndexEntry> entries;
    entries.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i)
        entries.push_back({std::move(index.manifests[i]), json::serialize(list[i])});
    return entries;
}

IndexEntry make_entry(const RawManifest& manifest, const Platform& platform) {
    IndexEntry entry{.descriptor = {.media_type = manifest.media_type,
                                    .digest = manifest.digest,
                                    .size = manifest.bytes.size(),
                                    .platform = platform},
                     .json = {}};
    entry.json = json::serialize(json::object{{"mediaType", manifest.media_type},
                                              {"digest", manifest.digest.string()},
                                              {"size", manifest.bytes.size()},
                                              {"platform", to_json(platform)}});
    return entry;
}

RawManifest compose_index(const std::vector<IndexEntry>& entries, const Annotations& annotations) {
    const bool docker = annotations.empty() && std::ranges::all_of(entries, [](const IndexEntry& entry) {
                            return entry.descriptor.media_type.starts_with("application/vnd.docker.");
                        });
    const std::string_view media_type = docker ? kDockerList : kOciIndex;
    json::array manifests;
    for (const IndexEntry& entry : entries) {
        if (Result<json::value> value = text::parse_json(entry.json, "index entry"))
            manifests.push_back(*std::move(value));
    }
    json::object index{{"schemaVersion", 2}, {"mediaType", media_type}, {"manifests", std::move(manifests)}};
    if (!annotations.empty()) {
        json::object values;
        for (const auto& [key, value] : annotations)
            values[key] = value;
        index["annotations"] = std::move(values);
    }
    std::string bytes = json::serialize(index);
    Digest digest = text::sha256(bytes);
    return {std::string(media_type), std::move(digest), std::move(bytes)};
}

std::vector<IndexEntry> attestations_of(const std::vector<IndexEntry>& entries, const Digest& image) {
    std::vector<IndexEntry> found;
    std::ranges::copy_if(entries, std::back_inserter(found), [&](const IndexEntry& entry) {
        const auto subject = entry.descriptor.annotations.find("vnd.docker.reference.digest");
        return is_attestation(entry.descriptor) && subject != entry.descriptor.annotations.end() &&
               subject->second == image.string();
    });
    return found;
}

}  // namespace pr_image::registry
