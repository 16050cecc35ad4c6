#include "registry/compose_index.hpp"

#include "text/json.hpp"
#include "text/sha256.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <string>

using namespace pr_image;
using namespace pr_image::registry;

namespace {

const std::string kOci = "application/vnd.oci.image.manifest.v1+json";
const std::string kDocker = "application/vnd.docker.distribution.manifest.v2+json";

std::string digest(char digit) {
    return "sha256:" + std::string(64, digit);
}

const std::string kIndex = fmt::format(
    R"({{"schemaVersion":2,"manifests":[)"
    R"({{"mediaType":"{0}","digest":"{1}","size":7,"platform":{{"architecture":"amd64","os":"windows","os.version":"10.0"}},"data":"e30="}},)"
    R"({{"mediaType":"{0}","digest":"{2}","size":8,"platform":{{"architecture":"unknown","os":"unknown"}},"annotations":{{"vnd.docker.reference.digest":"{1}","vnd.docker.reference.type":"attestation-manifest"}}}},)"
    R"({{"mediaType":"{0}","digest":"{3}","size":9,"platform":{{"architecture":"unknown","os":"unknown"}},"annotations":{{"vnd.docker.reference.digest":"{4}","vnd.docker.reference.type":"attestation-manifest"}}}}]}})",
    kOci, digest('a'), digest('b'), digest('c'), digest('d'));

}  // namespace

TEST_CASE("an index's entries come out as they went in, with the fields that nobody knows") {
    const std::vector<IndexEntry> entries = index_entries(kIndex).value();
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].descriptor.platform->string() == "windows/amd64");
    const RawManifest index = compose_index(entries, {});
    CHECK(boost::json::parse(index.bytes).at("manifests") == boost::json::parse(kIndex).at("manifests"));
    CHECK(index.media_type == "application/vnd.oci.image.index.v1+json");
    CHECK(index.digest == text::sha256(index.bytes));
    CHECK(compose_index(entries, {}).bytes == index.bytes);
    CHECK_FALSE(index_entries("{}"));
}

TEST_CASE("an attestation goes with the image that it names") {
    const std::vector<IndexEntry> entries = index_entries(kIndex).value();
    const std::vector<IndexEntry> found = attestations_of(entries, entries[0].descriptor.digest);
    REQUIRE(found.size() == 1);
    CHECK(found[0].descriptor.digest.string() == digest('b'));
    CHECK(attestations_of(entries, entries[1].descriptor.digest).empty());
}

TEST_CASE("a manifest that is in no index gets an entry with its platform") {
    const RawManifest manifest{kOci, text::sha256("{}"), "{}"};
    const IndexEntry entry = make_entry(manifest, {"linux", "arm", "v7"});
    const auto index = parse_index(compose_index({entry}, {}).bytes).value();
    REQUIRE(index.manifests.size() == 1);
    CHECK(index.manifests[0] == entry.descriptor);
    CHECK(index.manifests[0].platform->string() == "linux/arm/v7");
}

TEST_CASE("docker's manifests make docker's list, unless it is annotated") {
    const IndexEntry docker = make_entry({kDocker, text::sha256("{}"), "{}"}, {"linux", "amd64"});
    const IndexEntry oci = make_entry({kOci, text::sha256("{}"), "{}"}, {"linux", "arm64"});
    CHECK(compose_index({docker, docker}, {}).media_type ==
          "application/vnd.docker.distribution.manifest.list.v2+json");
    CHECK(compose_index({docker, oci}, {}).media_type == "application/vnd.oci.image.index.v1+json");
    const RawManifest annotated = compose_index({docker}, {{"a", "1"}});
    CHECK(annotated.media_type == "application/vnd.oci.image.index.v1+json");
    CHECK(parse_index(annotated.bytes)->annotations == Annotations{{"a", "1"}});
}
