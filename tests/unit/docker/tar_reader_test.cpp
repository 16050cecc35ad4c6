#include "docker/tar_reader.hpp"

#include "support/tar_writer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using support::TarWriter;

namespace {

struct Read {
    std::vector<std::string> entries;  // "name=content" and "name/"
    std::string error;
};

Read read(std::string_view bytes, std::size_t piece_size = 4096) {
    Read result;
    std::string content;
    docker::TarEntry current;
    docker::TarReader reader({.begin = [&](const docker::TarEntry& entry) -> Result<void> {
                                  current = entry;
                                  content.clear();
                                  return {};
                              },
                              .content = [&](std::string_view piece) -> Result<void> {
                                  content += piece;
                                  return {};
                              },
                              .end = [&]() -> Result<void> {
                                  result.entries.push_back(current.name +
                                                           (current.directory ? "/" : "=" + content));
                                  return {};
                              }});
    for (std::size_t at = 0; at < bytes.size(); at += piece_size) {
        if (const Result<void> taken = reader.update(bytes.substr(at, piece_size)); !taken) {
            result.error = taken.error().why + "|" + taken.error().fix;
            return result;
        }
    }
    if (const Result<void> ended = reader.finish(); !ended) result.error = ended.error().why;
    return result;
}

}  // namespace

TEST_CASE("a tar archive reads the same in pieces of any size") {
    const std::string archive = TarWriter()
                                    .folder("blobs/")
                                    .file("blobs/empty", "")
                                    .file("blobs/one", "1")
                                    .pax("path", "a/much-longer_name.json")
                                    .file("short", std::string(513, 'x'))
                                    .file("last", std::string(512, 'y'))
                                    .finish();
    const std::vector<std::string> expected{"blobs/", "blobs/empty=", "blobs/one=1",
                                            "a/much-longer_name.json=" + std::string(513, 'x'),
                                            "last=" + std::string(512, 'y')};
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{511}, std::size_t{512},
                                   std::size_t{513}, archive.size()}) {
        CAPTURE(size);
        const Read result = read(archive, size);
        CHECK(result.error.empty());
        CHECK(result.entries == expected);
    }
}

TEST_CASE("a pax record gives the size that the header cannot hold") {
    const std::string archive =
        TarWriter()
            .pax("size", "5")
            .entry('0', "big", "12345",
                   [](std::string& header) { TarWriter::put(header, 124, "00000000000"); })
            .file("next", "n")
            .finish();
    const Read result = read(archive);
    CHECK(result.error.empty());
    CHECK(result.entries == std::vector<std::string>{"big=12345", "next=n"});
}

TEST_CASE("a GNU header is read as far as it says what a POSIX header says") {
    const auto gnu = [](std::string& header) {
        TarWriter::put(header, 257, std::string_view("ustar  \0", 8));
    };
    CHECK(read(TarWriter().entry('0', "a", "1", gnu).finish()).entries == std::vector<std::string>{"a=1"});
}

TEST_CASE("zeros after the end of a tar archive are its padding, as far as the record goes that it ends in") {
    const std::string archive = TarWriter().file("a", "1").finish();
    for (std::size_t blocks = 0; blocks <= 19; ++blocks)
        CHECK(read(archive + std::string(blocks * 512, '\0')).error.empty());
    for (const std::size_t size : {std::size_t{20 * 512}, std::size_t{8192 * 512}}) {
        CHECK(read(archive + std::string(size, '\0')).error.starts_with("more follows"));
        CHECK(read(archive + std::string(size, '\0'), 1000).error.starts_with("more follows"));
    }
}

TEST_CASE("a tar archive with more entries than any image has is refused") {
    TarWriter writer;
    for (int i = 0; i < 8193; ++i)
        writer.folder("a");
    CHECK(read(writer.finish()).error.starts_with("it has more than 8192 entries"));
}

TEST_CASE("a tar archive that readers could understand in two ways is refused") {
    const auto patch = [](std::size_t offset, std::string_view value) {
        return [offset, value](std::string& header) { TarWriter::put(header, offset, value); };
    };
    struct Row {
        std::string archive, why;
    };
    std::string damaged = TarWriter().file("a", "1").finish();
    damaged[5] = 'x';
    const std::vector<Row> rows{
        {"", "it is empty"},
        {"short", "no tar archive"},
        {std::string(4096, 'x'), "no tar archive"},
        {"\x1f\x8b" + std::string(600, 'x'), "compressed with gzip"},
        {"\x28\xb5\x2f\xfd" + std::string(600, 'x'), "compressed with zstd"},
        {"PK\x03\x04" + std::string(600, 'x'), "compressed with zip"},
        {damaged, "no tar archive"},
        {TarWriter().file("a", "1").unfinished(), "ends too early"},
        {TarWriter().file("a", "1").unfinished() + std::string(512, '\0'), "ends too early"},
        {TarWriter().file("a", std::string(2000, 'x')).finish().substr(0, 1500), "ends too early"},
        {TarWriter().file("a", "1").finish() + TarWriter().file("b", "2").finish(), "something follows"},
        {TarWriter().file("../a", "1").finish(), "lead out of its folder"},
        {TarWriter().file("/etc/passwd", "1").finish(), "lead out of its folder"},
        {TarWriter().file("./a", "1").finish(), "lead out of its folder"},
        {TarWriter().file("a//b", "1").finish(), "lead out of its folder"},
        {TarWriter().file("a/", "1").finish(), "lead out of its folder"},
        {TarWriter().file("a\nb", "1").finish(), "lead out of its folder"},
        {TarWriter().file("", "1").finish(), "lead out of its folder"},
        {TarWriter().folder("..").finish(), "lead out of its folder"},
        {TarWriter().pax("path", "../../a").file("a", "1").finish(), "lead out of its folder"},
        {TarWriter().entry('2', "a", "").finish(), "link"},
        {TarWriter().entry('1', "a", "").finish(), "link"},
        {TarWriter().entry('3', "a", "").finish(), "device"},
        {TarWriter().entry('6', "a", "").finish(), "special file"},
        {TarWriter().entry('L', "a", "b").finish(), "special file"},
        {TarWriter().entry('g', "a", "b").finish(), "special file"},
        {TarWriter().entry('S', "a", "b").finish(), "special file"},
        {TarWriter().entry('5', "a", "b").finish(), "has content"},
        {TarWriter().pax("GNU.sparse.map", "0,1").file("a", "1").finish(), "GNU.sparse.map"},
        {TarWriter().pax("linkpath", "x").file("a", "1").finish(), "linkpath"},
        {TarWriter().pax("size", "-1").file("a", "1").finish(), "size is not readable"},
        {TarWriter().pax("path", "a").pax("path", "b").file("a", "1").finish(), "out of place"},
        {TarWriter().pax("path", "a").finish(), "after an extended header"},
        {TarWriter().entry('x', "p", "99 path=a\n").file("a", "1").finish(), "damaged"},
        {TarWriter().entry('x', "p", "9 path=a").file("a", "1").finish(), "damaged"},
        {TarWriter().entry('x', "p", std::string(70'000, 'x')).finish(), "too large"},
        {TarWriter().entry('0', "a", "1", patch(345, "prefix")).finish(), "only some tools read"},
        {TarWriter().entry('0', "a", "1", patch(508, "tar")).finish(), "only some tools read"},
        {TarWriter().entry('0', "a", "1", patch(2, "hidden")).finish(), "name is not readable"},
        {TarWriter().entry('0', "a", "1", patch(124, "\x80")).finish(), "size is not readable"},
        {TarWriter().entry('0', "a", "1", patch(124, "777777777777")).finish(), "ends too early"},
        {TarWriter().entry('0', "a", "1", patch(257, std::string_view("\0\0\0\0\0\0\0\0", 8))).finish(),
         "no tar archive"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.why, row.archive.substr(0, 16));
        CHECK_THAT(read(row.archive).error, Catch::Matchers::ContainsSubstring(row.why));
        CHECK_THAT(read(row.archive, 1).error, Catch::Matchers::ContainsSubstring(row.why));
    }
}

TEST_CASE("what a visitor refuses ends the reading with its reason") {
    docker::TarReader reader(
        {.begin = [](const docker::TarEntry&) -> Result<void> { return text::fail("No", "because"); },
         .content = {},
         .end = {}});
    const Result<void> taken = reader.update(TarWriter().file("a", "1").finish());
    REQUIRE_FALSE(taken);
    CHECK(taken.error().why == "because");
}
