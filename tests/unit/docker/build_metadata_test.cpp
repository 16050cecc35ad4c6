#include "docker/build_metadata.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace pr_image;

TEST_CASE("the metadata file tells digest, names and build reference") {
    const std::string digest = "sha256:" + std::string(64, 'a');
    const auto metadata = docker::parse_build_metadata(
        "{\n  \"buildx.build.ref\": \"default/default/x\",\n  \"containerimage.digest\": \"" + digest +
        "\",\n  \"containerimage.config.digest\": \"nonsense\",\n  \"image.name\": "
        "\"docker.io/library/t:x\"\n}\n");
    REQUIRE(metadata);
    CHECK(metadata->digest == Digest::parse(digest).value());
    CHECK_FALSE(metadata->config_digest);
    CHECK(metadata->names == "docker.io/library/t:x");
    CHECK(metadata->build_ref == "default/default/x");
    CHECK(metadata->json.find('\n') == std::string::npos);
    CHECK_FALSE(docker::parse_build_metadata("{"));
    CHECK_FALSE(docker::parse_build_metadata("[]"));
}

TEST_CASE("of an image whose build wrote no metadata, digest and names are still known") {
    const std::string digest = "sha256:" + std::string(64, 'a');
    const docker::BuildMetadata metadata =
        docker::pushed_metadata(Digest::parse(digest).value(), {"ghcr.io/a/b:c", "ghcr.io/a/b:d"});
    CHECK(metadata.digest->string() == digest);
    CHECK(metadata.json ==
          R"({"containerimage.digest":")" + digest + R"(","image.name":"ghcr.io/a/b:c,ghcr.io/a/b:d"})");
}
