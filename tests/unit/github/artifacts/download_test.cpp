#include "github/artifacts/download.hpp"

#include "text/sha256.hpp"
#include "unit/github/artifacts/fixture.hpp"
#include "unit/github/artifacts/zip_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::github::artifacts;
using fakes::Fault;
using test::Fixture;
using test::sample;
using test::ZipWriter;

namespace {

DownloadOptions options() {
    return {.transfer = {.part_size = 100'000, .in_flight = 3, .retry = Fixture::quick()}, .inspect = {}};
}

std::uint64_t put(Fixture& fixture, const std::string& content, const std::string& type) {
    std::uint64_t id = 0;
    fixture.fake.with_artifacts(
        [&](fakes::ArtifactService& artifacts) { id = artifacts.add({}, "image.tar", content, type); });
    return id;
}

Result<Downloaded> get(Fixture& fixture, DownloadOptions with = options()) {
    StoredArtifact artifact =
        fixture.run(find_in_this_run(fixture.service(), Fixture::name())).value().value();
    return fixture.run(
        download(fixture.client, std::move(artifact), fixture.folder.path("out/image.tar"), std::move(with)));
}

struct Prepared : Fixture {
    Prepared() { std::filesystem::create_directory(folder.path("out")); }

    [[nodiscard]] std::ptrdiff_t files() const {
        return std::distance(std::filesystem::directory_iterator(folder.path("out")), {});
    }
};

}  // namespace

TEST_CASE("an artifact is a file as it was uploaded, and a zipped one is its one file, unpacked") {
    const bool zipped = GENERATE(false, true);
    Prepared fixture;
    const std::string content = sample(1'000'000);
    const std::string stored =
        zipped ? ZipWriter().add({.name = "other-name.tar", .content = content}).finish() : content;
    put(fixture, stored, zipped ? "application/zip" : "application/x-tar");
    std::string inspected;
    DownloadOptions with = options();
    with.inspect = [&](std::string_view bytes) -> Result<void> {
        inspected += bytes;
        return {};
    };
    const auto downloaded = get(fixture, with);
    INFO((downloaded ? "" : to_string(downloaded.error())));
    REQUIRE(downloaded);
    CHECK(downloaded->size == 1'000'000);
    CHECK(downloaded->digest == text::sha256(stored));
    CHECK(downloaded->unzipped == zipped);
    CHECK((fixture.folder.read("out/image.tar") == content));
    CHECK((inspected == content));
    CHECK(fixture.files() == 1);
}

TEST_CASE("a download that fails leaves no file, and what was there before stays") {
    struct Row {
        std::string what, content, type, why;
        bool flip = false;
        std::vector<Fault> faults{};
        bool refuse = false;
    };
    const std::string raw = sample(500'000);
    const std::vector<Row> rows{
        {"flipped byte", raw, "application/x-tar", "digest", true},
        {"flipped byte in a zip", ZipWriter().add({.content = raw}).finish(), "application/zip", "digest",
         true},
        {"bomb", ZipWriter().add({.content = std::string(80 * 1024 * 1024, '\0')}).finish(),
         "application/zip", "more than any image does"},
        {"traversal", ZipWriter().add({.name = "../../x", .content = raw}).finish(), "application/zip",
         "leads out"},
        {"no zip", raw, "application/zip", "no zip"},
        {"expired",
         raw,
         "application/x-tar",
         "status 403",
         false,
         {{.kind = Fault::Kind::expired_address, .target = "/blobs/", .skip = 2, .times = -1}}},
        {"down",
         raw,
         "application/x-tar",
         "status 500",
         false,
         {{.kind = Fault::Kind::status, .target = "/blobs/", .skip = 2, .times = -1, .status = 500}}},
        {"refused by whoever inspects it", raw, "application/x-tar", "not wanted", false, {}, true},
        {"refused after unpacking",
         ZipWriter().add({.content = raw}).finish(),
         "application/zip",
         "not wanted",
         false,
         {},
         true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Prepared fixture;
        fixture.folder.write("out/image.tar", "older");
        const std::uint64_t id = put(fixture, row.content, row.type);
        if (row.flip) fixture.fake.flip_byte(id, 1234);
        for (const Fault& fault : row.faults)
            fixture.fake.add_fault(fault);
        DownloadOptions with = options();
        if (row.refuse) {
            with.inspect = [](std::string_view) -> Result<void> { return text::fail("No", "not wanted"); };
        }
        const auto downloaded = get(fixture, with);
        REQUIRE_FALSE(downloaded);
        CHECK_THAT(downloaded.error().why, Catch::Matchers::ContainsSubstring(row.why));
        CHECK(fixture.folder.read("out/image.tar") == "older");
        CHECK(fixture.files() == 1);
    }
}

TEST_CASE("a folder that is not there is an error before anything is asked") {
    Fixture fixture;
    put(fixture, "content", "application/x-tar");
    const auto downloaded = get(fixture);
    REQUIRE_FALSE(downloaded);
    for (const fakes::Seen& request : fixture.fake.requests())
        CHECK_FALSE(request.target.starts_with("/blobs/"));
}
