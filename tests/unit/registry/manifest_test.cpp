#include "registry/manifest.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <string>

using namespace pr_image;
using registry::Index;
using registry::Manifest;
using registry::Platform;

namespace {

std::string digest(char c) {
    return "sha256:" + std::string(64, c);
}

std::string entry(char c, const std::string& more = "") {
    return fmt::format(R"({{"mediaType":"m","digest":"{}","size":1{}}})", digest(c), more);
}

std::string platform(const std::string& os, const std::string& architecture) {
    return fmt::format(R"(,"platform":{{"os":"{}","architecture":"{}"}})", os, architecture);
}

const std::string kAttestation =
    platform("unknown", "unknown") + R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"})";

}  // namespace

TEST_CASE("a manifest is read with its config, layers and subject") {
    const Result<Manifest> manifest = registry::parse_manifest(fmt::format(
        R"({{"schemaVersion":2,"config":{},"layers":[{},{}],"subject":{},"annotations":{{"k":"v"}},
        "artifactType":"a/b"}})",
        entry('a'), entry('b'), entry('c'), entry('d')));
    REQUIRE(manifest);
    CHECK(manifest->config.digest.string() == digest('a'));
    CHECK(manifest->layers.size() == 2);
    CHECK(manifest->subject->digest.string() == digest('d'));
    CHECK(manifest->annotations.at("k") == "v");
    CHECK(manifest->artifact_type == "a/b");
}

TEST_CASE("what is no manifest is refused") {
    const std::string bytes = GENERATE_COPY(
        std::string(), std::string("{"), std::string("[]"), R"({"manifests":[]})", R"({"schemaVersion":1})",
        R"({"config":{},"layers":[]})", R"({"config":)" + entry('a') + R"(,"layers":[{}]})",
        R"({"config":)" + entry('a') + R"(,"layers":{}})", R"({"config":)" + entry('a') + "}",
        R"({"config":)" + entry('a') + R"(,"layers":[],"subject":{}})",
        std::string(100, '[') + std::string(100, ']'));
    CAPTURE(bytes);
    CHECK_FALSE(registry::parse_manifest(bytes));
}

TEST_CASE("a list that is absurdly long is refused") {
    std::string list = entry('a');
    for (int i = 0; i < 4096; ++i)
        list += "," + entry('a');
    CHECK_FALSE(registry::parse_index(R"({"manifests":[)" + list + "]}"));
    CHECK_FALSE(registry::parse_manifest(R"({"config":)" + entry('a') + R"(,"layers":[)" + list + "]}"));
}

TEST_CASE("the entry for a platform is found beside attestations") {
    const std::string bytes = fmt::format(R"({{"manifests":[{},{},{},{}]}})", entry('1', kAttestation),
                                          entry('2', platform("linux", "amd64")),
                                          entry('3', platform("linux", "arm64")), entry('4', kAttestation));
    const Result<Index> index = registry::parse_index(bytes);
    REQUIRE(index);
    CHECK(registry::choose_platform(*index, Platform{"linux", "arm64"})->digest.string() == digest('3'));
    CHECK(registry::choose_platform(*index, Platform{"linux", "s390x"}) == nullptr);
    CHECK(registry::choose_platform(*index, Platform{"unknown", "unknown"}) == nullptr);
    CHECK(registry::choose_platform(*index, std::nullopt) == nullptr);
}

TEST_CASE("without a platform the only image is the one") {
    const Result<Index> index = registry::parse_index(fmt::format(
        R"({{"manifests":[{},{}]}})", entry('1', platform("linux", "amd64")), entry('2', kAttestation)));
    CHECK(registry::choose_platform(index.value(), std::nullopt)->digest.string() == digest('1'));
    const Result<Index> empty = registry::parse_index(R"({"manifests":[]})");
    CHECK(registry::choose_platform(empty.value(), std::nullopt) == nullptr);
}

TEST_CASE("an image configuration tells its platform and labels") {
    const auto config = registry::parse_image_config(
        R"({"os":"linux","architecture":"arm","variant":"v7","created":"2026-01-01T00:00:00Z",
            "config":{"Labels":{"a":"b","x":null}}})");
    REQUIRE(config);
    CHECK(config->platform == Platform{"linux", "arm", "v7"});
    CHECK(config->labels == registry::Annotations{{"a", "b"}});
    CHECK(config->created == "2026-01-01T00:00:00Z");
    CHECK(registry::parse_image_config(R"({"os":"linux","architecture":"arm","config":{"Labels":null}})")
              ->labels.empty());
    const std::string bad = GENERATE("", "[]", "{}", R"({"os":"linux"})", R"({"os":1,"architecture":2})");
    CHECK_FALSE(registry::parse_image_config(bad));
}
