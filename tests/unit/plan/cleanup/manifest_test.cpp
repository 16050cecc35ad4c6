#include "plan/cleanup/manifest.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <string>

using namespace pr_image;
using namespace pr_image::plan::cleanup;

namespace {

std::string digest(char c) {
    return "sha256:" + std::string(64, c);
}

}  // namespace

TEST_CASE("an index's children are read with their kind, size and whether they can run") {
    const std::string bytes =
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
        digest('a') + R"(","size":10,"platform":{"os":"linux","architecture":"amd64"}},
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
        digest('b') + R"(","size":11,"platform":{"os":"unknown","architecture":"unknown"},
             "annotations":{"vnd.docker.reference.type":"attestation-manifest"}},
            {"mediaType":"application/vnd.oci.image.index.v1+json","digest":")" +
        digest('c') + R"(","size":12}]})";
    const Result<Manifest> manifest = parse_manifest(bytes, "");
    REQUIRE(manifest);
    CHECK(manifest->type == ManifestType::oci_index);
    REQUIRE(manifest->children.size() == 3);
    CHECK(manifest->children[0].digest.string() == digest('a'));
    CHECK(manifest->children[0].size == 10);
    CHECK(manifest->children[0].runnable);
    CHECK_FALSE(manifest->children[1].runnable);
    CHECK(manifest->children[2].type == ManifestType::oci_index);
}

TEST_CASE("whatever lists manifests is an index, whatever it calls itself") {
    const std::string bytes =
        R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[{"digest":")" +
        digest('a') + R"("}]})";
    const Result<Manifest> manifest = parse_manifest(bytes, "application/vnd.oci.image.manifest.v1+json");
    REQUIRE(manifest);
    CHECK(is_index(manifest->type));
    CHECK(manifest->children.size() == 1);
}

TEST_CASE("an image's configuration and a referrer's subject are read") {
    const std::string bytes =
        R"({"config":{"digest":")" + digest('c') + R"("},"subject":{"digest":")" + digest('d') + R"("}})";
    const Result<Manifest> manifest =
        parse_manifest(bytes, "application/vnd.docker.distribution.manifest.v2+json; x=y");
    REQUIRE(manifest);
    CHECK(manifest->type == ManifestType::docker_image);
    CHECK(manifest->config->string() == digest('c'));
    CHECK(manifest->subject->string() == digest('d'));
}

TEST_CASE("what cannot be understood for certain is an error, not an image without children") {
    const std::string bytes =
        GENERATE("", "[]", "{", R"({"manifests":{}})", R"({"manifests":[{}]})",
                 R"({"manifests":[{"digest":"sha256:short"}]})", R"({"subject":{"digest":"sha256:short"}})");
    CAPTURE(bytes);
    CHECK_FALSE(parse_manifest(bytes, "application/vnd.oci.image.index.v1+json"));
}

TEST_CASE("an image configuration gives its branch and when it was made") {
    const Result<ImageConfig> config = parse_image_config(
        R"({"created":"1970-01-01T00:00:00Z","config":{"Labels":{"dev.pr-image.branch":"feature/x",
            "org.opencontainers.image.created":"2026-01-02T03:04:05Z"}}})");
    REQUIRE(config);
    CHECK(config->branch == "feature/x");
    CHECK(config->created == std::chrono::sys_seconds(std::chrono::seconds(1'767'323'045)));
    const Result<ImageConfig> bare = parse_image_config(R"({"created":"2020-01-01T00:00:00Z","config":{}})");
    REQUIRE(bare);
    CHECK(bare->branch.empty());
    CHECK_FALSE(bare->created);
}

TEST_CASE("only an index of our artifact type that names a journal's tag is a journal") {
    const auto parse = [](const std::string& artifact, const std::string& type, const std::string& tag) {
        return parse_manifest(R"({"mediaType":")" + type + R"(","artifactType":")" + artifact +
                                  R"(","manifests":[],"annotations":{"org.opencontainers.image.ref.name":")" +
                                  tag + R"(","org.opencontainers.image.created":"2026-01-02T03:04:05Z"}})",
                              type)
            .value()
            .journal;
    };
    const std::string ours(kJournalArtifactType);
    const std::string index = "application/vnd.oci.image.index.v1+json";
    const auto journal = parse(ours, index, "pr-image-cleanup-17-1-abcd");
    REQUIRE(journal);
    CHECK(journal->tag == "pr-image-cleanup-17-1-abcd");
    CHECK(journal->created == std::chrono::sys_seconds(std::chrono::seconds(1'767'323'045)));
    CHECK_FALSE(parse("", index, "pr-image-cleanup-17"));
    CHECK_FALSE(parse("application/vnd.example", index, "pr-image-cleanup-17"));
    CHECK_FALSE(parse(ours, index, ""));
    CHECK_FALSE(parse(ours, index, "v1.0.0"));
    CHECK_FALSE(parse(ours, index, "pr-7-abc1234"));
    CHECK_FALSE(parse(ours, "application/vnd.oci.image.manifest.v1+json", "pr-image-cleanup-17"));
    CHECK_FALSE(
        parse(ours, "application/vnd.docker.distribution.manifest.list.v2+json", "pr-image-cleanup-17"));
}

TEST_CASE("an attestation is told by its artifact type or by layers that are all statements") {
    const auto attests = [](const std::string& more) {
        return parse_manifest(R"({"mediaType":"application/vnd.oci.image.manifest.v1+json")" + more + "}", "")
            .value()
            .attestation;
    };
    const std::string statement = R"({"mediaType":"application/vnd.in-toto+json"})";
    CHECK(attests(R"(,"artifactType":"application/vnd.docker.attestation.manifest.v1+json")"));
    CHECK(attests(R"(,"layers":[)" + statement + "," + statement + "]"));
    CHECK_FALSE(attests(R"(,"layers":[)" + statement +
                        R"(,{"mediaType":"application/vnd.oci.image.layer.v1.tar"}])"));
    CHECK_FALSE(attests(R"(,"layers":[])"));
    CHECK_FALSE(attests(""));
    CHECK_FALSE(attests(R"(,"artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json")"));
    CHECK_FALSE(
        attests(R"(,"manifests":[],"artifactType":"application/vnd.docker.attestation.manifest.v1+json")"));
}

TEST_CASE("an index says of which image an attestation is") {
    const std::string bytes =
        R"({"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"digest":")" + digest('a') +
        R"("},{"digest":")" + digest('b') +
        R"(","annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":")" +
        digest('a') + R"("}},{"digest":")" + digest('c') +
        R"(","annotations":{"vnd.docker.reference.digest":"not a digest"}}]})";
    const Manifest manifest = parse_manifest(bytes, "").value();
    REQUIRE(manifest.children.size() == 3);
    CHECK_FALSE(manifest.children[0].attested);
    CHECK(manifest.children[1].attested->string() == digest('a'));
    CHECK_FALSE(manifest.children[2].attested);
}

TEST_CASE("an image configuration gives its pull request and its head, if they are what they should be") {
    const ImageConfig config =
        parse_image_config(
            R"({"config":{"Labels":{"dev.pr-image.number":"7","dev.pr-image.head-sha":"abc"}}})")
            .value();
    CHECK(config.number->string() == "7");
    CHECK(config.head_sha == "abc");
    for (const char* number : {"07", "0", "x", "7 ", "99999999999", ""}) {
        CAPTURE(number);
        CHECK_FALSE(parse_image_config(R"({"config":{"Labels":{"dev.pr-image.number":")" +
                                       std::string(number) + R"("}}})")
                        .value()
                        .number);
    }
}
