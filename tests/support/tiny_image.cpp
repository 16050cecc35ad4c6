#include "support/tiny_image.hpp"

#include "support/tar_writer.hpp"
#include "text/sha256.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace pr_image::support {

namespace {

std::string digest(std::string_view bytes) {
    return text::sha256(bytes).string();
}

void require(const HttpResponse& response, unsigned status) {
    if (response.status == status) return;
    throw std::runtime_error(fmt::format("the registry answered {}: {}", response.status, response.body));
}

void push_blob(std::uint16_t port, const std::string& repository, const std::string& bytes,
               const HttpFields& fields) {
    const HttpResponse begun =
        http_request("127.0.0.1", port, "POST", fmt::format("/v2/{}/blobs/uploads/", repository), fields);
    require(begun, 202);
    const std::string location = begun.field("Location");
    HttpFields all = fields;
    all.emplace_back("Content-Type", "application/octet-stream");
    const std::string target =
        fmt::format("{}{}digest={}", location, location.contains('?') ? "&" : "?", digest(bytes));
    require(http_request("127.0.0.1", port, "PUT", target, all, bytes), 201);
}

}  // namespace

TinyImage::TinyImage(std::string_view label, std::string_view architecture)
    : layer(TarWriter().file("hello.txt", fmt::format("hello {}\n", label)).finish()) {
    config = fmt::format(
        R"({{"architecture":"{}","os":"linux","config":{{"Cmd":["/hello"],"Labels":{{"dev.pr-image.test":"{}"}}}},)"
        R"("rootfs":{{"type":"layers","diff_ids":["{}"]}},"history":[{{"created_by":"test"}}]}})",
        architecture, label, digest(layer));
    manifest = fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}","config":{{"mediaType":"application/vnd.oci.image.config.v1+json",)"
        R"("digest":"{}","size":{}}},"layers":[{{"mediaType":"application/vnd.oci.image.layer.v1.tar",)"
        R"("digest":"{}","size":{}}}]}})",
        kManifestType, digest(config), config.size(), digest(layer), layer.size());
}

std::string TinyImage::docker_tar(const std::vector<std::string>& names) const {
    std::string list;
    for (const std::string& name : names)
        list += fmt::format("{}\"{}\"", list.empty() ? "" : ",", name);
    const std::string config_name = digest(config).substr(std::string_view("sha256:").size()) + ".json";
    const std::string index =
        fmt::format(R"([{{"Config":"{}","RepoTags":[{}],"Layers":["layer.tar"]}}])", config_name, list);
    return TarWriter()
        .file("layer.tar", layer)
        .file(config_name, config)
        .file("manifest.json", index)
        .finish();
}

void TinyImage::push(std::uint16_t port, const std::string& repository, const std::string& tag,
                     const HttpFields& fields) const {
    push_blob(port, repository, config, fields);
    push_blob(port, repository, layer, fields);
    if (tag.empty()) return;
    HttpFields all = fields;
    all.emplace_back("Content-Type", kManifestType);
    require(http_request("127.0.0.1", port, "PUT", fmt::format("/v2/{}/manifests/{}", repository, tag), all,
                         manifest),
            201);
}

}  // namespace pr_image::support
