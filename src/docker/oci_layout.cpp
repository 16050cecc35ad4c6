#include "docker/oci_layout.hpp"

#include "docker/descriptor.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace pr_image::docker {

namespace {

namespace json = boost::json;

}  // namespace

std::string index_json(const ImageContent& image) {
    const json::object target = {{"mediaType", image.media_type},
                                 {"digest", image.target.digest.string()},
                                 {"size", image.target.size}};
    return json::serialize(json::object{
        {"schemaVersion", 2}, {"mediaType", kOciIndex}, {"manifests", json::array{json::value(target)}}});
}

std::string manifest_json(const ImageContent& image) {
    json::array layers;
    for (const Blob& layer : image.layers)
        layers.emplace_back(blob_name(layer.digest));
    const json::object item = {
        {"Config", blob_name(image.config.digest)}, {"RepoTags", nullptr}, {"Layers", std::move(layers)}};
    return json::serialize(json::array{json::value(item)});
}

Result<void> write_oci_layout(const ImageContent& image, const BlobDirectory& blobs) {
    TRY(blobs.write_file("index.json", index_json(image)));
    return blobs.write_file("oci-layout", kOciLayout);
}

}  // namespace pr_image::docker
