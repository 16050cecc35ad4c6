#include "registry/descriptor.hpp"

#include "text/json.hpp"

#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;
using registry::Descriptor;
using registry::Platform;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

Result<Descriptor> parse(const std::string& json) {
    return registry::parse_descriptor(text::parse_json(json, "test").value(), "image index");
}

}  // namespace

TEST_CASE("a descriptor is read with its platform and annotations") {
    const Result<Descriptor> descriptor = parse(R"({"mediaType":"m/t","digest":")" + kDigest +
                                                R"(","size":7,"platform":{"os":"linux","architecture":"arm",
        "variant":"v7"},"annotations":{"a":"b","n":1},"artifactType":"x/y"})");
    REQUIRE(descriptor);
    CHECK(descriptor->media_type == "m/t");
    CHECK(descriptor->digest.string() == kDigest);
    CHECK(descriptor->size == 7);
    CHECK(descriptor->platform->string() == "linux/arm/v7");
    CHECK(descriptor->annotations == registry::Annotations{{"a", "b"}});
    CHECK(descriptor->artifact_type == "x/y");
    CHECK_FALSE(registry::is_attestation(*descriptor));
}

TEST_CASE("a descriptor without a digest, size or media type is refused") {
    const std::string json = GENERATE_COPY(
        std::string("{}"), std::string("[]"), std::string("null"), R"({"mediaType":"m","size":1})",
        R"({"mediaType":"m","size":1,"digest":"sha256:abc"})", R"({"mediaType":"m","size":1,"digest":7})",
        R"({"mediaType":"m","size":-1,"digest":")" + kDigest + "\"}",
        R"({"mediaType":"m","size":"1","digest":")" + kDigest + "\"}",
        R"({"size":1,"digest":")" + kDigest + "\"}");
    CAPTURE(json);
    CHECK_FALSE(parse(json));
}

TEST_CASE("an attestation is known by its annotation") {
    const Result<Descriptor> descriptor =
        parse(R"({"mediaType":"m","size":1,"digest":")" + kDigest +
              R"(","annotations":{"vnd.docker.reference.type":"attestation-manifest"}})");
    CHECK(registry::is_attestation(descriptor.value()));
}

TEST_CASE("a platform is os, architecture and perhaps a variant") {
    CHECK(Platform::parse("linux/amd64")->string() == "linux/amd64");
    CHECK(Platform::parse("linux/arm/v7")->string() == "linux/arm/v7");
    const std::string bad =
        GENERATE("", "linux", "linux/", "/amd64", "a/b/c/d", "linux/am d64", "linux/amd64\n");
    CHECK_FALSE(Platform::parse(bad));
}

TEST_CASE("a platform satisfies another as containerd compares them") {
    const auto [has, wants, fits] = GENERATE(table<std::string, std::string, bool>({
        {"linux/amd64", "linux/amd64", true},
        {"linux/amd64", "linux/arm64", false},
        {"windows/amd64", "linux/amd64", false},
        {"linux/arm64", "linux/arm64/v8", true},
        {"linux/arm64/v8", "linux/arm64", true},
        {"linux/arm/v7", "linux/arm", true},
        {"linux/arm/v7", "linux/arm/v6", false},
        {"linux/arm", "linux/arm/v7", false},
    }));
    CAPTURE(has, wants);
    CHECK(Platform::parse(has)->satisfies(Platform::parse(wants).value()) == fits);
}
