#include "support/tiny_image.hpp"

#include "text/sha256.hpp"

#include <fmt/format.h>

#include <numeric>
#include <stdexcept>

namespace pr_image::support {

namespace {

// One entry of a POSIX ustar archive: a regular file.
std::string tar_entry(const std::string& name, std::string_view content) {
    std::string header(512, '\0');
    header.replace(0, name.size(), name);
    header.replace(100, 7, "0000644");
    header.replace(108, 7, "0000000");
    header.replace(116, 7, "0000000");
    header.replace(124, 11, fmt::format("{:011o}", content.size()));
    header.replace(136, 11, "00000000000");
    header.replace(148, 8, "        ");
    header[156] = '0';
    header.replace(257, 8,
                   std::string("ustar\0"
                               "00",
                               8));
    const unsigned int sum =
        std::accumulate(header.begin(), header.end(), 0U,
                        [](unsigned int so_far, char c) { return so_far + static_cast<unsigned char>(c); });
    header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    std::string entry = header + std::string(content);
    entry.resize((entry.size() + 511) / 512 * 512, '\0');
    return entry;
}

const std::string kTarEnd(1024, '\0');

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
    : layer(tar_entry("hello.txt", fmt::format("hello {}\n", label)) + kTarEnd) {
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
    return tar_entry("layer.tar", layer) + tar_entry(config_name, config) +
           tar_entry("manifest.json", index) + kTarEnd;
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
