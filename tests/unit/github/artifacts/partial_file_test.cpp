#include "github/artifacts/partial_file.hpp"

#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <csignal>
#include <filesystem>
#include <limits>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace pr_image;
using github::artifacts::PartialFile;

TEST_CASE("a file that is committed is in its place, for its owner only") {
    const test::Folder folder;
    auto file = PartialFile::create(folder.path("image.tar"));
    REQUIRE(file);
    CHECK(file->expect(10));
    CHECK(file->write("hello "));
    CHECK(file->write("there"));
    CHECK_FALSE(std::filesystem::exists(folder.path("image.tar")));
    REQUIRE(file->commit());
    CHECK(folder.read("image.tar") == "hello there");
    CHECK_FALSE(std::filesystem::exists(folder.path("image.tar.part")));
    struct stat about{};
    REQUIRE(::stat(folder.path("image.tar").c_str(), &about) == 0);
    CHECK((about.st_mode & 0777U) == 0600);
}

TEST_CASE("a file that is not committed leaves nothing, and what was there before stays") {
    const test::Folder folder;
    folder.write("image.tar", "older");
    {
        auto file = PartialFile::create(folder.path("image.tar"));
        REQUIRE(file);
        CHECK(file->write("newer"));
        const PartialFile moved = std::move(*file);
        CHECK(std::filesystem::exists(folder.path("image.tar.part")));
    }
    CHECK(folder.read("image.tar") == "older");
    CHECK_FALSE(std::filesystem::exists(folder.path("image.tar.part")));
}

TEST_CASE("a leftover or a link in the partial file's place is not written through") {
    const test::Folder folder;
    folder.write("victim", "precious");
    std::filesystem::create_symlink(folder.path("victim"), folder.path("image.tar.part"));
    auto file = PartialFile::create(folder.path("image.tar"));
    REQUIRE(file);
    CHECK(file->write("data"));
    REQUIRE(file->commit());
    CHECK(folder.read("victim") == "precious");
    CHECK_FALSE(std::filesystem::is_symlink(folder.path("image.tar")));
}

TEST_CASE("a place that cannot be written is an error that names it") {
    const auto file = PartialFile::create("/nonexistent-folder/image.tar");
    REQUIRE_FALSE(file);
    CHECK_THAT(file.error().what, Catch::Matchers::ContainsSubstring("/nonexistent-folder/image.tar"));
}

TEST_CASE("more than the disk holds is refused before it is written") {
    const test::Folder folder;
    const auto file = PartialFile::create(folder.path("image.tar"));
    REQUIRE(file);
    const auto room = file->expect(std::numeric_limits<std::uint64_t>::max() / 2);
    REQUIRE_FALSE(room);
    CHECK_THAT(room.error().what, Catch::Matchers::ContainsSubstring("No room for"));
    CHECK_THAT(room.error().fix, Catch::Matchers::ContainsSubstring("disk space"));
}

TEST_CASE("a disk that fills up while writing is one clear error") {
    const test::Folder folder;
    auto file = PartialFile::create(folder.path("image.tar"));
    REQUIRE(file);
    // A file size limit is the full disk that every test may have.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto written = file->write(std::string(200'000, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    REQUIRE_FALSE(written);
    CHECK_THAT(written.error().what, Catch::Matchers::ContainsSubstring("No room for"));
}
