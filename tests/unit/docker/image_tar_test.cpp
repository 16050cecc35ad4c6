#include "docker/image_tar.hpp"

#include "support/tar_writer.hpp"
#include "text/sha256.hpp"
#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace pr_image;
using support::TarWriter;

namespace {

const std::string kName = "ghcr.io/acme/app:pr-7-abc1234";
const std::string kConfig =
    R"({"architecture":"arm64","variant":"v8","os":"linux","config":{"Labels":{"dev.pr-image.number":"7"}}})";
const std::string kLayer = "a layer";
const std::string kLayout = R"({"imageLayoutVersion":"1.0.0"})";

std::string path_of(std::string_view content) {
    return "blobs/sha256/" + std::string(text::sha256(content).hex());
}

std::string manifest() {
    return fmt::format(
        R"({{"schemaVersion":2,"config":{{"digest":"{}","size":1}},"layers":[{{"digest":"{}","size":7}}]}})",
        text::sha256(kConfig).string(), text::sha256(kLayer).string());
}

std::string index(const std::string& digest, const std::string& annotations) {
    return fmt::format(
        R"({{"schemaVersion":2,"manifests":[{{"mediaType":"m","digest":"{}","size":1,"annotations":{{{}}}}}]}})",
        digest, annotations);
}

std::string named(const std::string& name) {
    return fmt::format(R"("io.containerd.image.name":"{}","org.opencontainers.image.ref.name":"x")", name);
}

std::string manifest_json(const std::string& tags) {
    return fmt::format(R"([{{"Config":"{}","RepoTags":{},"Layers":["{}"]}}])", path_of(kConfig), tags,
                       path_of(kLayer));
}

// What `buildx build --output type=docker,dest=…` writes, with its two top files as a test wants them.
std::string buildx_tar(const std::string& index_json, const std::string& manifests) {
    return TarWriter()
        .folder("blobs/")
        .folder("blobs/sha256/")
        .file(path_of(kConfig), kConfig)
        .file(path_of(kLayer), kLayer)
        .file(path_of(manifest()), manifest())
        .file("index.json", index_json)
        .file("manifest.json", manifests)
        .file("oci-layout", kLayout)
        .finish();
}

std::string good_index() {
    return index(text::sha256(manifest()).string(), named(kName));
}

Result<std::vector<docker::TarImage>> check(const std::string& archive, const std::string& allowed = kName) {
    docker::ImageTarCheck checker({Reference::parse(allowed).value()});
    if (Result<void> taken = checker.update(archive); !taken) return std::unexpected(taken.error());
    return checker.finish();
}

std::string why(const Result<std::vector<docker::TarImage>>& result) {
    return result ? "accepted" : result.error().why;
}

}  // namespace

TEST_CASE("the archive that buildx writes is one image with its names, ids, platform and labels") {
    const auto images = check(buildx_tar(good_index(), manifest_json("[\"" + kName + "\"]")));
    INFO(why(images));
    REQUIRE(images);
    REQUIRE(images->size() == 1);
    const docker::TarImage& image = images->front();
    CHECK(image.target == text::sha256(manifest()));
    CHECK(image.config == text::sha256(kConfig));
    CHECK(image.os == "linux");
    CHECK(image.architecture == "arm64");
    CHECK(image.variant == "v8");
    CHECK(image.labels.at("dev.pr-image.number") == "7");
    REQUIRE(image.tags.size() == 1);
    CHECK(image.tags.front().string() == kName);
}

TEST_CASE("an archive of before OCI layouts is an image by its manifest.json alone") {
    const std::string archive = TarWriter()
                                    .file("aa.json", kConfig)
                                    .file("bb/layer.tar", kLayer)
                                    .file("repositories", "{}")
                                    .file("manifest.json", R"([{"Config":"aa.json","RepoTags":["app:1"],)"
                                                           R"("Layers":["bb/layer.tar"]}])")
                                    .finish();
    const auto images = check(archive, "app:1");
    INFO(why(images));
    REQUIRE(images);
    CHECK_FALSE(images->front().target);
    CHECK(images->front().config == text::sha256(kConfig));
    CHECK(images->front().tags.front().string() == "docker.io/library/app:1");
}

TEST_CASE("an index inside the layout leads to its images and past its attestations") {
    const std::string inner = fmt::format(
        R"({{"schemaVersion":2,"manifests":[{{"digest":"{}"}},)"
        R"({{"digest":"sha256:{}","annotations":{{"vnd.docker.reference.type":"attestation-manifest"}}}}]}})",
        text::sha256(manifest()).string(), std::string(64, '0'));
    const std::string archive = TarWriter()
                                    .file(path_of(kConfig), kConfig)
                                    .file(path_of(kLayer), kLayer)
                                    .file(path_of(manifest()), manifest())
                                    .file(path_of(inner), inner)
                                    .file("index.json", index(text::sha256(inner).string(), named(kName)))
                                    .file("oci-layout", kLayout)
                                    .finish();
    const auto images = check(archive);
    INFO(why(images));
    REQUIRE(images);
    CHECK(images->front().target == text::sha256(inner));
    CHECK(images->front().config == text::sha256(kConfig));
}

TEST_CASE("an image without a name may be loaded: it moves no tag") {
    const auto images =
        check(buildx_tar(index(text::sha256(manifest()).string(), ""), manifest_json("null")));
    INFO(why(images));
    REQUIRE(images);
    CHECK(images->front().tags.empty());
}

TEST_CASE("a name that is not expected is refused wherever an engine would read it") {
    const std::string good = manifest_json("[\"" + kName + "\"]");
    const std::string digest = text::sha256(manifest()).string();
    struct Row {
        std::string what, index_json, manifests;
    };
    const std::vector<Row> rows{
        {"manifest.json", good_index(), manifest_json(R"(["alpine:latest"])")},
        {"manifest.json, second name", good_index(), manifest_json("[\"" + kName + R"(","alpine:latest"])")},
        {"another tag", good_index(), manifest_json(R"(["ghcr.io/acme/app:latest"])")},
        {"no tag", good_index(), manifest_json(R"(["ghcr.io/acme/app"])")},
        {"no name", good_index(), manifest_json("[7]")},
        {"index.json", index(digest, named("docker.io/library/alpine:latest")), good},
        {"index.json, other spelling", index(digest, named("ghcr.io/acme/App:pr-7-abc1234")), good},
        {"index.json, the OCI annotation",
         index(digest, R"("org.opencontainers.image.ref.name":"alpine:latest")"), good},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK_THAT(why(check(buildx_tar(row.index_json, row.manifests))),
                   Catch::Matchers::ContainsSubstring("would name an image"));
    }
}

TEST_CASE("JSON that two readers would understand differently is refused") {
    const std::string good = manifest_json("[\"" + kName + "\"]");
    const std::string config = path_of(kConfig);
    const std::string layers = "\"Layers\":[\"" + path_of(kLayer) + "\"]";
    struct Row {
        std::string what, index_json, manifests, why;
    };
    const std::vector<Row> rows{
        {"a name in other case", good_index(),
         fmt::format(R"([{{"Config":"{}","repotags":["alpine:latest"],{}}}])", config, layers),
         "take for another"},
        {"a long s", good_index(),
         fmt::format(R"([{{"Config":"{}","RepoTag\u017f":["alpine:latest"],{}}}])", config, layers),
         "take for another"},
        {"a member twice", good_index(),
         fmt::format(R"([{{"Config":"{}","RepoTags":["alpine:latest"],"RepoTags":["{}"],{}}}])", config,
                     kName, layers),
         "twice"},
        {"a member twice, escaped", good_index(),
         fmt::format(R"([{{"Config":"{}","RepoTags":["alpine:latest"],"RepoTag\u0073":["{}"],{}}}])", config,
                     kName, layers),
         "twice"},
        {"index.json in other case", R"({"Manifests":[],"manifests":[]})", good, "take for another"},
        {"more after the end", good_index(), good + good, "is not JSON"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK_THAT(why(check(buildx_tar(row.index_json, row.manifests))),
                   Catch::Matchers::ContainsSubstring(row.why));
    }
}

TEST_CASE("an archive that is no complete image is refused") {
    const std::string good = manifest_json("[\"" + kName + "\"]");
    const std::string other = R"({"architecture":"amd64","os":"linux"})";
    const auto with = [&](const std::string& name, const std::string& content) {
        return TarWriter().file(name, content).finish();
    };
    struct Row {
        std::string archive, why;
    };
    const std::vector<Row> rows{
        {with("hello.txt", "hello"), "holds no image"},
        {with("repositories", R"({"alpine":{"latest":"x"}})"), "no longer supported"},
        {with("manifest.json", "{}"), "malformed"},
        {with("manifest.json", "nonsense"), "not JSON"},
        {with("manifest.json", "[]"), "holds no image"},
        {with("manifest.json", good), "configuration that its manifest.json names is not in it"},
        {TarWriter().file(path_of(kConfig), kConfig).file("manifest.json", good).finish(), "layer"},
        {with("index.json", good_index()), "half an OCI layout"},
        {with("oci-layout", kLayout), "half an OCI layout"},
        {TarWriter()
             .file("oci-layout", R"({"imageLayoutVersion":"9"})")
             .file("index.json", good_index())
             .finish(),
         "version that is not known"},
        {TarWriter().file("oci-layout", kLayout).file("index.json", good_index()).finish(), "is not in it"},
        {TarWriter()
             .file("oci-layout", kLayout)
             .file("index.json", good_index())
             .file(path_of(manifest()), other)
             .finish(),
         "does not have the digest"},
        {TarWriter().file("a", "1").file("a", "2").finish(), "there twice"},
        {with("manifest.json", std::string(5 * 1024 * 1024, ' ')), "which no image needs"},
        {buildx_tar(good_index(), fmt::format(R"([{{"Config":"{}","Layers":[]}}])", path_of(manifest()))),
         "describe different images"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.why);
        CHECK_THAT(why(check(row.archive)), Catch::Matchers::ContainsSubstring(row.why));
    }
}

TEST_CASE("metadata without end is refused before it fills the memory") {
    TarWriter writer;
    const std::string three_megabytes = "{" + std::string(3 * 1024 * 1024, ' ');
    for (int i = 0; i < 12; ++i)
        writer.file(fmt::format("blobs/{}", i), three_megabytes);
    CHECK_THAT(why(check(writer.finish())), Catch::Matchers::ContainsSubstring("more metadata"));
}

TEST_CASE("an archive on the disk is checked as one in the memory is") {
    const test::Folder folder;
    folder.write("image.tar", buildx_tar(good_index(), manifest_json("[\"" + kName + "\"]")));
    const std::vector<Reference> allowed{Reference::parse(kName).value()};
    CHECK(docker::check_image_tar(folder.path("image.tar"), allowed));
    CHECK_THAT(why(docker::check_image_tar(folder.path("other.tar"), allowed)),
               Catch::Matchers::ContainsSubstring("cannot be opened"));
}
