#include "docker/image_tar.hpp"

#include "support/simple_tar.hpp"
#include "support/tar_writer.hpp"
#include "unit/docker/read_archive.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <filesystem>
#include <string>

using namespace pr_image;
using namespace pr_image::docker;

TEST_CASE("a tar header is as POSIX has it, also for files of more than 8 GiB") {
    CHECK(tar_header("a/b", 5) == support::TarWriter().file("a/b", "12345").unfinished().substr(0, 512));
    const std::uint64_t large = std::uint64_t{10} << 30U;
    const std::string header = tar_header("a/b", large);
    CHECK(header.size() == 3 * 512);
    std::uint64_t seen = 0;
    TarReader reader({.begin = [&](const TarEntry& entry) -> Result<void> {
                          CHECK(entry.name == "a/b");
                          seen = entry.size;
                          return {};
                      },
                      .content = {},
                      .end = {}});
    CHECK(reader.update(header));
    CHECK(seen == large);
    CHECK(tar_header("a", (std::uint64_t{1} << 33U) - 1).size() == 512);
    CHECK(tar_header("a", std::uint64_t{1} << 33U).size() == 3 * 512);
}

TEST_CASE("a blob that is cut or gone while its image is sent ends the sending") {
    for (const bool gone : {true, false}) {
        const test::Folder folder;
        BlobDirectory blobs = BlobDirectory::create(folder.path()).value();
        const Blob blob = blobs.add(std::string(100'000, 'x')).value();
        ImageContent image{.target = blob,
                           .media_type = "t",
                           .config = blob,
                           .layers = {},
                           .blobs = {blob},
                           .os = {},
                           .architecture = {},
                           .variant = {},
                           .labels = {},
                           .names = {}};
        const http::Source source = image_tar(image, blobs);
        if (gone) {
            std::filesystem::remove(blobs.path_of(blob.digest));
        } else {
            std::filesystem::resize_file(blobs.path_of(blob.digest), 5);
        }
        boost::asio::io_context context;
        std::string buffer(1'000'000, '\0');
        Result<std::size_t> got = fakes::run_coroutine(context, source.read(std::span(buffer)));
        for (int i = 0; i < 3 && got; ++i)
            got = fakes::run_coroutine(context, source.read(std::span(buffer)));
        REQUIRE_FALSE(got);
        CHECK_THAT(got.error().why,
                   Catch::Matchers::ContainsSubstring(gone ? "No such file" : "became shorter"));
    }
}
