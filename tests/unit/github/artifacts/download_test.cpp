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

BlobDownloadOptions options() {
    return {.part_size = 100'000, .in_flight = 3, .retry = Fixture::quick()};
}

/// Keeps what comes, and refuses it when told to.
struct Kept {
    std::uint64_t announced = 0;
    std::string bytes;
    bool refuse = false;

    FileSink sink() {
        return {.begin = [this](std::uint64_t size) -> Result<void> {
                    announced = size;
                    return {};
                },
                .write = [this](std::string_view piece) -> Result<void> {
                    if (refuse) return text::fail("No", "not wanted");
                    bytes += piece;
                    return {};
                }};
    }
};

std::uint64_t put(Fixture& fixture, const std::string& content, const std::string& type) {
    std::uint64_t id = 0;
    fixture.fake.with_artifacts(
        [&](fakes::ArtifactService& artifacts) { id = artifacts.add({}, "image.tar", content, type); });
    return id;
}

Result<Downloaded> get(Fixture& fixture, Kept& kept) {
    StoredArtifact artifact =
        fixture.run(find_in_this_run(fixture.service(), Fixture::name())).value().value();
    return fixture.run(
        download(fixture.client, std::move(artifact), kept.sink(), fixture.folder.path("out"), options()));
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
    Kept kept;
    const auto downloaded = get(fixture, kept);
    INFO((downloaded ? "" : to_string(downloaded.error())));
    REQUIRE(downloaded);
    CHECK(downloaded->size == 1'000'000);
    CHECK(downloaded->digest == text::sha256(stored));
    CHECK(downloaded->unzipped == zipped);
    CHECK(kept.announced == content.size());
    CHECK((kept.bytes == content));
    CHECK(fixture.files() == 0);
}

TEST_CASE("a download that fails leaves no file, and is not whole for whoever takes it") {
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
        const std::uint64_t id = put(fixture, row.content, row.type);
        if (row.flip) fixture.fake.flip_byte(id, 1234);
        for (const Fault& fault : row.faults)
            fixture.fake.add_fault(fault);
        Kept kept;
        kept.refuse = row.refuse;
        const auto downloaded = get(fixture, kept);
        REQUIRE_FALSE(downloaded);
        CHECK_THAT(downloaded.error().why, Catch::Matchers::ContainsSubstring(row.why));
        CHECK(kept.bytes.size() < raw.size());
        CHECK(fixture.files() == 0);
    }
}

TEST_CASE("a folder for the zip that is not there is an error") {
    Fixture fixture;
    put(fixture, ZipWriter().add({.content = "content"}).finish(), "application/zip");
    Kept kept;
    const auto downloaded = get(fixture, kept);
    REQUIRE_FALSE(downloaded);
    CHECK(kept.bytes.empty());
}
