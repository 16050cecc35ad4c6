#include "docker/archive_content.hpp"

#include "support/image_archive.hpp"
#include "text/sha256.hpp"
#include "unit/docker/archive_changes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::test;
using support::TarWriter;

TEST_CASE("an index with attestations is one image, and they go with it as far as they are there") {
    const ImageArchive plain(kImageName);
    const std::string statement = R"({"_type":"https://in-toto.io/Statement/v1"})";
    const std::string empty = "{}";
    const std::string attestation = fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})", ImageArchive::kManifest,
        describe("application/vnd.oci.empty.v1+json", empty, R"(,"data":"e30=")"),
        describe("application/vnd.in-toto+json", statement));
    for (const bool there : {true, false}) {
        CAPTURE(there);
        const ImageArchive archive =
            indexed({manifest_descriptor(plain, R"(,"platform":{"os":"linux","architecture":"amd64"})"),
                     describe(ImageArchive::kManifest, attestation, kAttestation)},
                    there ? std::vector{statement, attestation} : std::vector<std::string>{});
        const test::Folder folder;
        const auto image = read_archive(folder, archive.tar());
        INFO((image ? "" : to_string(image.error())));
        REQUIRE(image);
        CHECK(image->content().media_type == ImageArchive::kIndex);
        CHECK(image->content().config.digest == text::sha256(plain.config));
        CHECK(image->content().blobs.size() == (there ? 6 : 4));
    }
}

TEST_CASE("an archive of each kind that buildx, docker and OCI tools write is read") {
    check({
        {"as it is", [](ImageArchive&) {}, ""},
        {"without manifest.json", [](ImageArchive& archive) { archive.manifest_json.clear(); }, ""},
        {"the name once a tag", in_index(R"("io.containerd.image.name":")" + kImageName + "\",", ""), ""},
        {"the OCI name in full", in_index(R"("pr-7-abc1234"})", "\"" + kImageName + "\"}"), ""},
        {"a name twice", in_items("\"" + kImageName + "\"", fmt::format(R"("{0}","{0}")", kImageName)), ""},
        {"no name in manifest.json", in_items("[\"" + kImageName + "\"]", "null"), ""},
        {"unknown members",
         [](ImageArchive& archive) {
             in_manifest(R"({"schemaVersion":2)",
                         R"({"schemaVersion":2,"annotations":{"a":"b"},"x":[1])")(archive);
         },
         ""},
        {"an index in an index",
         [](ImageArchive& archive) {
             const std::string inner = index_of({manifest_descriptor(archive)});
             const std::string outer = index_of({describe(ImageArchive::kIndex, inner)});
             archive.more = {{blob_path(inner), inner}, {blob_path(outer), outer}};
             archive.lead_to(ImageArchive::kIndex, outer);
         },
         ""},
    });
}

TEST_CASE("an archive without a layout is given one, which is the same for every engine") {
    const ImageArchive archive(kImageName);
    const std::string old =
        TarWriter()
            .folder("abc/")
            .file("abc/VERSION", "1.0")
            .file("abc/layer.tar", archive.layer)
            .file("config.json", archive.config)
            .file("repositories", R"({"ghcr.io/acme/app":{"pr-7-abc1234":"abc"}})")
            .file("manifest.json",
                  fmt::format(R"([{{"Config":"config.json","RepoTags":["{}"],"Layers":["abc/layer.tar"]}}])",
                              kImageName))
            .finish();
    const test::Folder folder;
    const auto image = read_archive(folder, old);
    INFO((image ? "" : to_string(image.error())));
    REQUIRE(image);
    const std::string manifest = fmt::format(
        R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})", ImageArchive::kManifest,
        describe(ImageArchive::kConfig, archive.config), describe(ImageArchive::kLayer, archive.layer));
    CHECK(image->content().target.digest == text::sha256(manifest));
    CHECK(image->content().blobs.size() == 3);

    // A layer that is compressed has another digest than the one that the configuration lists.
    const std::string gzip = "\x1f\x8b" + archive.layer;
    const auto compressed = read_archive(
        folder,
        TarWriter()
            .file("layer", gzip)
            .file("config", archive.config)
            .file("manifest.json",
                  fmt::format(R"([{{"Config":"config","RepoTags":["{}"],"Layers":["layer"]}}])", kImageName))
            .finish());
    REQUIRE(compressed);
    CHECK(compressed->content().layers.front().digest == text::sha256(gzip));
}

TEST_CASE(
    "an archive that names anything but the image that is wanted is refused, wherever the name stands") {
    const std::string victim = "docker.io/library/victim:latest";
    const auto with_file = [](const std::string& name, const std::string& content) {
        return [=](ImageArchive& archive) { archive.more.emplace_back(name, content); };
    };
    const std::string why = "would name an image";
    check({
        {"manifest.json", in_items(kImageName, victim), why},
        {"manifest.json, short", in_items(kImageName, "victim:latest"), why},
        {"manifest.json, second",
         in_items("\"" + kImageName + "\"", fmt::format(R"("{}","{}")", kImageName, victim)), why},
        {"manifest.json, no tag", in_items(kImageName, "ghcr.io/acme/app"), why},
        {"manifest.json, a number", in_items("\"" + kImageName + "\"", "7"), why},
        {"manifest.json, other case", in_items("acme/app", "acme/App"), why},
        {"index.json, for containerd", in_index(kImageName, victim), why},
        {"index.json, other case", in_index("acme/app", "acme/App"), why},
        {"index.json, dangling", in_index(kImageName, "moby-dangling@sha256:" + std::string(64, 'a')), why},
        {"index.json, empty", in_index(kImageName, ""), why},
        {"index.json, for OCI tools", in_index(R"("pr-7-abc1234"})", R"("latest"})"), why},
        {"index.json, for OCI tools, in full", in_index(R"("pr-7-abc1234"})", "\"" + victim + "\"}"), why},
        {"index.json, no text", in_index("\"" + kImageName + "\"", "[]"), why},
        {"a second entry of index.json",
         [&](ImageArchive& archive) {
             in_index("]",
                      "," +
                          manifest_descriptor(
                              archive, R"(,"annotations":{"io.containerd.image.name":")" + victim + "\"}") +
                          "]")(archive);
         },
         why},
        {"an index below",
         [&](ImageArchive& archive) {
             archive = indexed({manifest_descriptor(
                 archive, R"(,"annotations":{"io.containerd.image.name":")" + victim + "\"}")});
         },
         why},
        {"repositories", with_file("repositories", R"({"victim":{"latest":"x"}})"), why},
        {"repositories, another tag", with_file("repositories", R"({"ghcr.io/acme/app":{"latest":"x"}})"),
         why},
        {"repositories, second",
         with_file("repositories", R"({"ghcr.io/acme/app":{"pr-7-abc1234":"x"},"victim":{"latest":"x"}})"),
         why},
        {"repositories, malformed", with_file("repositories", R"(["victim"])"), "malformed"},
        {"repositories, malformed tags", with_file("repositories", R"({"victim":"latest"})"), "malformed"},
        {"annotations, malformed", in_index(R"("annotations":{)", R"("annotations":[],"x":{)"), "malformed"},
    });
    CHECK_THAT(why_refused(ImageArchive(kImageName).tar(), {}),
               ContainsSubstring("only nothing may be named"));
    CHECK_THAT(why_refused(
                   TarWriter().file("repositories", R"({"ghcr.io/acme/app":{"pr-7-abc1234":"x"}})").finish()),
               ContainsSubstring("holds no image"));
}

TEST_CASE("an archive whose parts describe different images is refused") {
    check({
        {"another configuration",
         [](ImageArchive& archive) {
             const std::string other = support::image_config("amd64", R"({"x":"y"})", {archive.layer});
             archive.more.emplace_back(blob_path(other), other);
             in_items(blob_path(archive.config), blob_path(other))(archive);
         },
         "different images"},
        {"other layers",
         in_items("\"Layers\":[\"" + blob_path(ImageArchive(kImageName).layer) + "\"]", "\"Layers\":[]"),
         "different images"},
        {"layers twice",
         [](ImageArchive& archive) {
             const std::string layer = "\"" + blob_path(archive.layer) + "\"";
             in_items(layer, layer + "," + layer)(archive);
         },
         "different images"},
        {"an empty manifest.json", [](ImageArchive& archive) { archive.manifest_json = "[]"; },
         "different images"},
        {"an index.json that leads nowhere", [](ImageArchive& archive) { archive.index_json = index_of({}); },
         "leads to no image"},
        {"a second image in index.json",
         [](ImageArchive& archive) {
             const std::string other =
                 replaced(archive.manifest, R"({"schemaVersion":2)", R"({"x":1,"schemaVersion":2)");
             archive.more.emplace_back(blob_path(other), other);
             in_index("]", "," + describe(ImageArchive::kManifest, other) + "]")(archive);
         },
         "several images"},
        {"a second image in the index",
         [](ImageArchive& archive) {
             const std::string other =
                 replaced(archive.manifest, R"({"schemaVersion":2)", R"({"x":1,"schemaVersion":2)");
             archive =
                 indexed({manifest_descriptor(archive), describe(ImageArchive::kManifest, other)}, {other});
         },
         "several images"},
        {"an image that is an attestation as well",
         [](ImageArchive& archive) {
             const std::string other =
                 replaced(archive.manifest, R"({"schemaVersion":2)", R"({"x":1,"schemaVersion":2)");
             archive = indexed({describe(ImageArchive::kManifest, other, kAttestation),
                                manifest_descriptor(archive), describe(ImageArchive::kManifest, other)},
                               {other});
         },
         "several images"},
        {"an attestation that can be run",
         [](ImageArchive& archive) {
             archive = indexed(
                 {manifest_descriptor(archive),
                  describe(
                      ImageArchive::kManifest, archive.manifest,
                      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"},"platform":{"os":"linux","architecture":"amd64"})")});
         },
         "could be run"},
        {"an attestation without a platform",
         [](ImageArchive& archive) {
             archive = indexed(
                 {manifest_descriptor(archive),
                  describe(ImageArchive::kManifest, archive.manifest,
                           R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"})")});
         },
         "could be run"},
        {"only an attestation",
         [](ImageArchive& archive) { archive = indexed({manifest_descriptor(archive, kAttestation)}); },
         "leads to no image"},
        {"a second item of manifest.json",
         [](ImageArchive& archive) {
             const std::string other = support::image_config("amd64", R"({"x":"y"})", {archive.layer});
             archive.more.emplace_back(blob_path(other), other);
             in_items("]}]", fmt::format(R"(]}},{{"Config":"{}","Layers":["{}"]}}])", blob_path(other),
                                         blob_path(archive.layer)))(archive);
         },
         "different images"},
        {"another platform in the index",
         [](ImageArchive& archive) {
             archive = indexed(
                 {manifest_descriptor(archive, R"(,"platform":{"os":"linux","architecture":"arm64"})")});
         },
         "different platforms"},
        {"another system in index.json",
         [](ImageArchive& archive) {
             in_index(R"("annotations")",
                      R"("platform":{"os":"windows","architecture":"amd64"},"annotations")")(archive);
         },
         "different platforms"},
        {"one manifest for two platforms",
         [](ImageArchive& archive) {
             archive = indexed(
                 {manifest_descriptor(archive, R"(,"platform":{"os":"linux","architecture":"amd64"})"),
                  manifest_descriptor(archive, R"(,"platform":{"os":"linux","architecture":"arm64"})")});
         },
         "different platforms"},
        {"one manifest of two types",
         [](ImageArchive& archive) {
             archive = indexed(
                 {manifest_descriptor(archive),
                  describe("application/vnd.docker.distribution.manifest.v2+json", archive.manifest)});
         },
         "two things"},
    });
}

TEST_CASE("an archive that is no complete image is refused") {
    const auto only = [](const std::string& name, const std::string& content) {
        return TarWriter().file(name, content).finish();
    };
    const ImageArchive good(kImageName);
    struct Whole {
        std::string archive, why;
    };
    const std::vector<Whole> archives{
        {only("hello.txt", "hello"), "holds no image"},
        {only("Manifest.json", good.manifest_json), "holds no image"},
        {only("manifest.json", "{}"), "malformed"},
        {only("manifest.json", "[7]"), "malformed"},
        {only("manifest.json", "nonsense"), "not JSON"},
        {only("manifest.json", "[]"), "holds no image"},
        {only("manifest.json", good.manifest_json),
         "configuration that its manifest.json names is not in it"},
        {TarWriter()
             .file(blob_path(good.config), good.config)
             .file("manifest.json", good.manifest_json)
             .finish(),
         "a layer that its manifest.json names is not in it"},
        {only("index.json", good.index_json), "half an OCI layout"},
        {only("oci-layout", good.layout), "half an OCI layout"},
        {TarWriter().file("oci-layout", good.layout).file("index.json", good.index_json).finish(),
         "is not in it"},
        {only("manifest.json", "[" + std::string(5 * 1024 * 1024, ' ') + "]"),
         "more bytes than any image needs"},
    };
    for (const Whole& row : archives) {
        CAPTURE(row.why);
        CHECK_THAT(why_refused(row.archive), ContainsSubstring(row.why));
    }
    const std::string layer_size = fmt::format("\"size\":{}", good.layer.size());
    check({
        {"a layout of another version",
         [](ImageArchive& archive) { archive.layout = R"({"imageLayoutVersion":"9"})"; },
         "version that is not known"},
        {"a layer that is not there",
         [](ImageArchive& archive) {
             const std::string listed = describe(ImageArchive::kLayer, archive.layer);
             archive.manifest = replaced(archive.manifest, listed, describe(ImageArchive::kLayer, "another"));
             archive.make_index();
         },
         "is not in it"},
        {"a configuration that is not there",
         [](ImageArchive& archive) {
             const std::string listed = describe(ImageArchive::kConfig, archive.config);
             archive.manifest =
                 replaced(archive.manifest, listed, describe(ImageArchive::kConfig, "another"));
             archive.make_index();
         },
         "is not in it"},
        {"a layer of another size", in_manifest(layer_size, "\"size\":1"), "as is said of it"},
        {"a layer without a size", in_manifest("," + layer_size, ""), "malformed"},
        {"a size below zero", in_manifest(layer_size, "\"size\":-1"), "malformed"},
        {"a layer by another algorithm",
         in_manifest(text::sha256(good.layer).string(), "sha512:" + std::string(128, 'a')), "only sha256"},
        {"a layer too few for the configuration",
         [](ImageArchive& archive) {
             archive.config = support::image_config("amd64", "{}", {archive.layer, archive.layer});
             archive.make_manifest().make_index().make_manifest_json();
         },
         "names 2 layers, and its manifest 1"},
        {"another layer than the configuration's",
         [](ImageArchive& archive) {
             archive.config = support::image_config("amd64", "{}", {"another"});
             archive.make_manifest().make_index().make_manifest_json();
         },
         "not the one that its image configuration names"},
        {"no platform", in_config(R"("architecture":"amd64",)", ""), "no operating system"},
        {"labels that are no texts", in_config(R"("Labels":{})", R"("Labels":{"a":1})"), "malformed"},
        {"no layers at all", in_manifest(R"("layers":)", R"("x":)"), "malformed"},
        {"no configuration", in_manifest(R"("config":)", R"("x":)"), "names no image configuration"},
    });
}

TEST_CASE("an archive that would take long to understand is refused early") {
    // Each index leads to the next one many times over.
    ImageArchive archive(kImageName);
    std::string below = archive.manifest;
    std::string type(ImageArchive::kManifest);
    for (int depth = 0; depth < 4; ++depth) {
        const std::string index = index_of(std::vector<std::string>(500, describe(type, below)));
        archive.more.emplace_back(blob_path(index), index);
        below = index;
        type = ImageArchive::kIndex;
    }
    archive.lead_to(type, below);
    CHECK(why_refused(archive.tar()).empty());
    const std::string deeper = index_of({describe(type, below)});
    archive.more.emplace_back(blob_path(deeper), deeper);
    archive.lead_to(type, deeper);
    CHECK_THAT(why_refused(archive.tar()), ContainsSubstring("nested too deep"));

    // Many large files that all have to be parsed.
    std::vector<std::string> large;
    std::vector<std::string> descriptors;
    for (int i = 0; i < 12; ++i) {
        large.push_back(
            fmt::format(R"({{"schemaVersion":2,"manifests":[],"x":{}{}}})", i, std::string(3'000'000, ' ')));
        descriptors.push_back(describe(ImageArchive::kIndex, large.back()));
    }
    CHECK_THAT(why_refused(indexed(descriptors, large).tar()),
               ContainsSubstring("more bytes than any image needs"));
    // Few bytes, and very many values.
    std::string many = R"({"x":[0)";
    for (int i = 0; i < 70'000; ++i)
        many += ",0";
    many += "]}";
    CHECK_THAT(why_refused(indexed({describe(ImageArchive::kIndex, many)}, {many}).tar()),
               ContainsSubstring("values, which no image needs"));
}
