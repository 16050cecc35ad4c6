#include "process/read_file.hpp"

#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <sys/stat.h>

using namespace pr_image;
using process::Links;
using process::read_file;

TEST_CASE("a file is read whole, up to its limit") {
    const test::Folder folder;
    folder.write("file", std::string("a\0b\n", 4));
    CHECK(read_file(folder.path("file"), 4).value() == std::optional(std::string("a\0b\n", 4)));
    CHECK_FALSE(read_file(folder.path("file"), 3));
}

TEST_CASE("a file that is not there is no error") {
    const test::Folder folder;
    folder.write("file", "");
    CHECK(read_file(folder.path("none"), 10).value() == std::optional<std::string>());
    CHECK(read_file(folder.path("file/none"), 10).value() == std::optional<std::string>());
}

TEST_CASE("what is not a regular file is refused at once") {
    const test::Folder folder;
    REQUIRE(::mkfifo(folder.path("fifo").c_str(), 0600) == 0);
    CHECK_FALSE(read_file(folder.path("fifo"), 10));
    CHECK_FALSE(read_file(folder.path(), 10));
    CHECK_FALSE(read_file("/dev/zero", 10));
}

TEST_CASE("a symbolic link is followed or refused, as asked") {
    const test::Folder folder;
    folder.write("file", "x");
    std::filesystem::create_symlink(folder.path("file"), folder.path("link"));
    CHECK(read_file(folder.path("link"), 10).value() == std::optional(std::string("x")));
    CHECK_FALSE(read_file(folder.path("link"), 10, Links::refuse));
}
