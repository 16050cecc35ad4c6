#include "registry/describe_image.hpp"

#include "fakes/memory_registry.hpp"
#include "unit/registry/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <string>

using namespace pr_image;
using fakes::MemoryRegistry;
using registry::Platform;
using registry::World;

namespace {

const std::string kManifest = "application/vnd.oci.image.manifest.v1+json";
const std::string kIndex = "application/vnd.oci.image.index.v1+json";

std::string descriptor(const std::string& type, const std::string& digest, std::size_t size,
                       const std::string& more = "") {
    return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}{}}})", type, digest, size, more);
}

struct Pushed {
    std::string manifest;  ///< digest
    std::string config;    ///< digest
};

Pushed push_image(MemoryRegistry& store, const std::string& tag, const std::string& architecture,
                  const std::string& label) {
    const std::string config = fmt::format(
        R"({{"os":"linux","architecture":"{}","config":{{"Labels":{{"l":"{}"}}}}}})", architecture, label);
    const std::string config_digest = store.put_blob(config);
    const std::string manifest =
        fmt::format(R"({{"config":{},"layers":[]}})", descriptor("c", config_digest, config.size()));
    return {store.put_manifest("acme/app", tag, kManifest, manifest), config_digest};
}

std::string platform(const std::string& architecture) {
    return fmt::format(R"(,"platform":{{"os":"linux","architecture":"{}"}})", architecture);
}

Reference reference(const MemoryRegistry& store) {
    return Reference::parse(store.host() + "/acme/app:t").value();
}

}  // namespace

TEST_CASE("the labels of a plain manifest are read") {
    MemoryRegistry store;
    const Pushed pushed = push_image(store, "t", "amd64", "plain");
    World world;
    const auto image = world.run(registry::describe_image(world.client, reference(store), std::nullopt));
    REQUIRE(image);
    REQUIRE(*image);
    CHECK((*image)->digest.string() == pushed.manifest);
    CHECK((*image)->manifest.string() == pushed.manifest);
    CHECK((*image)->config.digest.string() == pushed.config);
    CHECK((*image)->content.labels.at("l") == "plain");
    const auto other =
        world.run(registry::describe_image(world.client, reference(store), Platform{"linux", "arm64"}));
    REQUIRE(other);
    CHECK_FALSE(*other);
}

TEST_CASE("an index is walked to the platform that is asked for, past attestations") {
    MemoryRegistry store;
    const Pushed amd64 = push_image(store, "", "amd64", "a");
    const Pushed arm64 = push_image(store, "", "arm64", "b");
    const std::string attestation = R"(,"platform":{"os":"unknown","architecture":"unknown"},)"
                                    R"("annotations":{"vnd.docker.reference.type":"attestation-manifest"})";
    const std::string top = store.put_manifest(
        "acme/app", "t", kIndex,
        fmt::format(R"({{"manifests":[{},{},{}]}})", descriptor(kManifest, amd64.config, 1, attestation),
                    descriptor(kManifest, amd64.manifest, 1, platform("amd64")),
                    descriptor(kManifest, arm64.manifest, 1, platform("arm64"))));
    World world;
    const auto image =
        world.run(registry::describe_image(world.client, reference(store), Platform{"linux", "arm64", "v8"}));
    REQUIRE(image);
    REQUIRE(*image);
    CHECK((*image)->digest.string() == top);
    CHECK((*image)->manifest.string() == arm64.manifest);
    CHECK((*image)->content.labels.at("l") == "b");

    const auto unclear = world.run(registry::describe_image(world.client, reference(store), std::nullopt));
    REQUIRE(unclear);
    CHECK_FALSE(*unclear);
}

TEST_CASE("an index that contains itself through others ends") {
    // No content can hold its own digest, so the circle is one of many links.
    MemoryRegistry store;
    std::string digest = push_image(store, "", "amd64", "deep").manifest;
    std::string type = kManifest;
    for (int i = 0; i < 6; ++i) {
        digest = store.put_manifest("acme/app", "t", kIndex,
                                    fmt::format(R"({{"manifests":[{}]}})", descriptor(type, digest, 1)));
        type = kIndex;
    }
    World world;
    const auto image = world.run(registry::describe_image(world.client, reference(store), std::nullopt));
    REQUIRE(image);
    CHECK_FALSE(*image);
}

TEST_CASE("content that is no image is an error in words") {
    MemoryRegistry store;
    store.put_manifest("acme/app", "t", kManifest, "{}");
    World world;
    const auto image = world.run(registry::describe_image(world.client, reference(store), std::nullopt));
    REQUIRE_FALSE(image);
    CHECK(image.error().error.why.contains("config"));
}
