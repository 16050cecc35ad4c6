#include "docker/archive_content.hpp"
#include "support/image_archive.hpp"
#include "unit/docker/archive_changes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <string>

using namespace pr_image;
using namespace pr_image::test;

TEST_CASE("content that another reader would take for something else, or find elsewhere, is refused") {
    const std::string config_path = blob_path(ImageArchive(kImageName).config);
    check({
        {"an index that is a manifest",
         in_manifest(R"("schemaVersion":2)", R"("schemaVersion":2,"manifests":[])"),
         "taken for something else"},
        {"a manifest of the first schema",
         in_manifest(R"("schemaVersion":2)", R"("schemaVersion":2,"fsLayers":[])"),
         "taken for something else"},
        {"a manifest that is an index",
         [](ImageArchive& archive) {
             const std::string index = index_of({manifest_descriptor(archive)}, R"(,"layers":[])");
             archive.more.emplace_back(blob_path(index), index);
             archive.lead_to(ImageArchive::kIndex, index);
         },
         "taken for something else"},
        {"index.json with layers", in_index(R"("schemaVersion":2)", R"("schemaVersion":2,"layers":[])"),
         "taken for something else"},
        {"a manifest of another type",
         in_manifest(std::string(ImageArchive::kManifest), std::string(ImageArchive::kIndex)),
         "says something else"},
        {"a type that is none", in_manifest("\"" + std::string(ImageArchive::kManifest) + "\"", "7"),
         "says something else"},
        {"an index said to be a manifest",
         [](ImageArchive& archive) {
             const std::string index = index_of({manifest_descriptor(archive)});
             archive.more.emplace_back(blob_path(index), index);
             archive.lead_to(ImageArchive::kManifest, index);
         },
         "says something else"},
        {"a type of no image", in_index(std::string(ImageArchive::kManifest), "application/octet-stream"),
         "is no image"},
        {"a configuration of no image",
         in_manifest(std::string(ImageArchive::kConfig), "application/vnd.oci.empty.v1+json"), "is no image"},
        {"a layer that no engine unpacks",
         in_manifest(std::string(ImageArchive::kLayer), "application/vnd.in-toto+json"), "no engine unpacks"},
        {"a foreign layer",
         in_manifest(std::string(ImageArchive::kLayer),
                     "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
         "no engine unpacks"},
        {"a layer from elsewhere",
         in_manifest(R"("layers":[{)", R"("layers":[{"urls":["https://evil.example/"],)"), "somewhere else"},
        {"a configuration from elsewhere",
         in_manifest(R"("config":{)", R"("config":{"urls":["https://evil.example/"],)"), "somewhere else"},
        {"a configuration of its own", in_manifest(R"("config":{)", R"("config":{"data":"e30=",)"),
         "somewhere else"},
        {"a second configuration, by case", in_manifest(R"("config":{)", R"("CONFIG":{},"config":{)"),
         "take for another"},
        {"second layers, by case", in_manifest(R"("layers":[)", R"("Layers":[],"layers":[)"),
         "take for another"},
        {"a second digest, by case", in_manifest(R"("layers":[{)", R"("layers":[{"Digest":"x",)"),
         "take for another"},
        {"a second configuration", in_manifest(R"("config":{)", R"("config":{},"config":{)"), "twice"},
        {"second labels, by case", in_config(R"("Labels":)", R"("labels":{"a":"b"},"Labels":)"),
         "take for another"},
        {"a second section, by case", in_config(R"("config":)", R"("Config":{"Labels":{"a":"b"}},"config":)"),
         "take for another"},
        {"a second architecture, by case",
         in_config(R"("architecture":)", R"("Architecture":"arm64","architecture":)"), "take for another"},
        {"other diff_ids, by case", in_config(R"("diff_ids":)", R"("Diff_IDs":[],"diff_ids":)"),
         "take for another"},
        {"other names, by case", in_items(R"("RepoTags":)", R"("repotags":["victim:latest"],"RepoTags":)"),
         "take for another"},
        {"other names, by a long s",
         in_items(R"("RepoTags":)", R"("RepoTag\u017f":["victim:latest"],"RepoTags":)"), "take for another"},
        {"names twice", in_items(R"("RepoTags":)", R"("RepoTags":["victim:latest"],"RepoTags":)"), "twice"},
        {"names twice, escaped",
         in_items(R"("RepoTags":)", R"("RepoTag\u0073":["victim:latest"],"RepoTags":)"), "twice"},
        {"manifests by case", in_index(R"("manifests":)", R"("Manifests":[],"manifests":)"),
         "take for another"},
        {"a layout by case",
         [](ImageArchive& archive) {
             archive.layout = R"({"imageLayoutVersion":"1.0.0","ImageLayoutVersion":"2"})";
         },
         "take for another"},
        {"more after the end", [](ImageArchive& archive) { archive.manifest_json += archive.manifest_json; },
         "is not JSON"},
    });
}
