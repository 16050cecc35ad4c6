#include "support/image_archive.hpp"

#include "text/sha256.hpp"

#include <fmt/format.h>

namespace pr_image::support {

std::string blob_path(std::string_view content) {
    return fmt::format("blobs/sha256/{}", text::sha256(content).hex());
}

std::string describe(std::string_view media_type, std::string_view content, std::string_view more) {
    return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}{}}})", media_type,
                       text::sha256(content).string(), content.size(), more);
}

std::string image_config(std::string_view architecture, std::string_view labels,
                         const std::vector<std::string>& layers) {
    std::string ids;
    for (const std::string& layer : layers)
        ids += fmt::format(R"({}"{}")", ids.empty() ? "" : ",", text::sha256(layer).string());
    return fmt::format(
        R"({{"architecture":"{}","os":"linux","config":{{"Cmd":["/hello"],"Labels":{}}},)"
        R"("rootfs":{{"type":"layers","diff_ids":[{}]}},"history":[{{"created_by":"test"}}]}})",
        architecture, labels, ids);
}

ImageArchive::ImageArchive(std::string image_name, std::string_view labels)
    : name(std::move(image_name)),
      layer(TarWriter().file("hello.txt", "hello\n").finish()),
      config(image_config("amd64", labels, {layer})) {
    make_manifest();
    make_index();
    make_manifest_json();
}

ImageArchive& ImageArchive::make_manifest() {
    manifest = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})", kManifest,
                           describe(kConfig, config), describe(kLayer, layer));
    return *this;
}

ImageArchive& ImageArchive::lead_to(std::string_view media_type, const std::string& content) {
    const std::string annotations = fmt::format(
        R"(,"annotations":{{"io.containerd.image.name":"{}","org.opencontainers.image.ref.name":"{}"}})",
        name, name.substr(name.rfind(':') + 1));
    index_json = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]}})", kIndex,
                             describe(media_type, content, annotations));
    return *this;
}

ImageArchive& ImageArchive::make_index() {
    return lead_to(kManifest, manifest);
}

ImageArchive& ImageArchive::make_manifest_json() {
    manifest_json = fmt::format(R"([{{"Config":"{}","RepoTags":["{}"],"Layers":["{}"]}}])", blob_path(config),
                                name, blob_path(layer));
    return *this;
}

TarWriter ImageArchive::writer() const {
    TarWriter tar;
    tar.folder("blobs/").folder("blobs/sha256/");
    tar.file(blob_path(layer), layer).file(blob_path(config), config).file(blob_path(manifest), manifest);
    for (const auto& [file, content] : more)
        tar.file(file, content);
    if (!index_json.empty()) tar.file("index.json", index_json);
    if (!manifest_json.empty()) tar.file("manifest.json", manifest_json);
    if (!layout.empty()) tar.file("oci-layout", layout);
    return tar;
}

}  // namespace pr_image::support
