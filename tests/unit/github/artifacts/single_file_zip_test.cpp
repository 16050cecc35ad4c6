#include "github/artifacts/single_file_zip.hpp"

#include "unit/github/artifacts/fixture.hpp"
#include "unit/github/artifacts/zip_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using github::artifacts::FileSink;
using github::artifacts::unzip_single_file;
using test::Fixture;
using test::sample;
using test::ZipEntry;
using test::ZipWriter;

namespace {

struct Unzipped {
    std::string content;
    std::string error;
};

Unzipped unzip(const std::string& archive) {
    Fixture fixture;
    fixture.folder.write("a.zip", archive);
    Unzipped result;
    FileSink sink{.begin = [](std::uint64_t) -> Result<void> { return {}; },
                  .write = [&](std::string_view piece) -> Result<void> {
                      result.content += piece;
                      return {};
                  }};
    const Result<void> done = fixture.run(unzip_single_file(fixture.folder.path("a.zip"), sink));
    if (!done) result.error = done.error().why;
    return result;
}

std::string zip_of(ZipEntry entry) {
    return ZipWriter().add(entry).finish();
}

}  // namespace

TEST_CASE("a zip's single file comes out as it went in, stored or deflated") {
    const std::string content = sample(3'000'000);
    for (const bool deflate : {false, true}) {
        CAPTURE(deflate);
        const Unzipped result = unzip(zip_of({.content = content, .deflate = deflate}));
        CHECK(result.error.empty());
        CHECK((result.content == content));
    }
    CHECK(unzip(zip_of({.content = ""})).error.empty());
}

TEST_CASE("folders around a zip's single file do not count") {
    const std::string archive =
        ZipWriter()
            .add({.name = "dir/", .deflate = false, .external_attributes = 0040755U << 16U})
            .add({.name = "dir/image.tar", .content = "hello"})
            .finish();
    CHECK(unzip(archive).content == "hello");
}

TEST_CASE("a zip that is not one harmless file is refused") {
    const std::string zeros(100 * 1024 * 1024, '\0');
    struct Row {
        std::string archive, why;
    };
    std::string truncated = zip_of({.content = sample(100'000)});
    truncated.resize(truncated.size() / 2);
    std::string damaged = zip_of({.content = sample(100'000)});
    for (std::size_t at = 1000; at < 2000; ++at)
        damaged[at] = 'x';
    const std::vector<Row> rows{
        {"", "no zip"},
        {"hello", "no zip"},
        {truncated, "no zip"},
        {ZipWriter().finish(), "file in it"},
        {ZipWriter().add({.name = "a/", .deflate = false}).finish(), "no file"},
        {ZipWriter().add({.name = "a", .content = "1"}).add({.name = "b", .content = "2"}).finish(),
         "more than one file: 'a', 'b'"},
        {zip_of({.name = "../image.tar", .content = "x"}), "leads out"},
        {zip_of({.name = "a/../../image.tar", .content = "x"}), "leads out"},
        {zip_of({.name = "/etc/passwd", .content = "x"}), "leads out"},
        {zip_of({.name = "..\\image.tar", .content = "x"}), "leads out"},
        {ZipWriter().add({.name = "../x/", .deflate = false}).add({.content = "x"}).finish(), "leads out"},
        {zip_of({.content = "/etc/passwd", .external_attributes = 0120777U << 16U}), "link"},
        {zip_of({.content = "x", .external_attributes = 0020666U << 16U}), "special file"},
        {zip_of({.content = "x", .flags = 1}), "encrypted"},
        {zip_of({.content = "x", .method = 12}), "compression method 12"},
        {zip_of({.content = zeros}), "more than any image does"},
        {zip_of({.content = sample(100'000), .wrong_checksum = true}), "checksum"},
        {zip_of({.content = sample(100'000), .claimed_size = 200'000}), "shorter"},
        {damaged, "checksum"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.why);
        CHECK_THAT(unzip(row.archive).error, Catch::Matchers::ContainsSubstring(row.why));
    }
}

TEST_CASE("a zip whose file is larger than it says gives no more than it says") {
    const Unzipped result = unzip(zip_of({.content = sample(100'000), .claimed_size = 50'000}));
    CHECK(result.content.size() <= 50'000);
    CHECK_FALSE(result.error.empty());
}
