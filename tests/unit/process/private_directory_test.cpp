#include "process/private_directory.hpp"

#include "unit/folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pr_image;
using process::PrivateDirectory;

namespace {

unsigned mode_of(const std::string& path) {
    struct stat status = {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("a private directory and its files are for this user alone, and gone with it") {
    std::string path;
    {
        const mode_t before = ::umask(0);
        const auto directory = PrivateDirectory::create("");
        REQUIRE(directory);
        path = directory->path();
        const auto file = directory->write_file("config.json", "{}");
        const auto inner = directory->make_directory("tmp");
        ::umask(before);
        REQUIRE(file);
        REQUIRE(inner);
        CHECK(mode_of(path) == 0700);
        CHECK(mode_of(*file) == 0600);
        CHECK(mode_of(*inner) == 0700);
        CHECK(std::filesystem::file_size(*file) == 2);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("what a killed run left behind is removed by a later one, and what is in use is not") {
    const test::Folder temp;
    const auto used = PrivateDirectory::create_on_disk(temp.path());
    REQUIRE(used);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto directory = PrivateDirectory::create_on_disk(temp.path());
        const bool written = directory && directory->write_file("config.json", "{}");
        ::_exit(written ? 0 : 1);  // as if it had been killed: nothing is cleaned up
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    std::filesystem::create_directory(temp.path("pr-image-theirs-and-long"));
    std::filesystem::create_directory(temp.path("pr-image-abcdef"));  // not private
    std::filesystem::create_directory_symlink(temp.path(), temp.path("pr-image-linked"));
    CHECK(process::remove_abandoned(temp.path()) == 1);
    CHECK(std::filesystem::exists(used->path()));
    std::size_t left = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(temp.path()))
        ++left;
    CHECK(left == 4);
    CHECK(process::remove_abandoned(temp.path() + "/nothing") == 0);
}

TEST_CASE("a private directory writes only new files, and only inside itself") {
    const auto directory = PrivateDirectory::create("");
    REQUIRE(directory);
    REQUIRE(directory->write_file("a", "1"));
    CHECK_FALSE(directory->write_file("a", "2"));
    std::filesystem::create_symlink("/tmp/pr-image-must-not-appear", directory->path() + "/link");
    CHECK_FALSE(directory->write_file("link", "3"));
    CHECK_FALSE(std::filesystem::exists("/tmp/pr-image-must-not-appear"));
    for (const std::string name : {"", ".", "..", "../x", "/tmp/x", "a/b"}) {
        CAPTURE(name);
        CHECK_FALSE(directory->write_file(name, "x"));
        CHECK_FALSE(directory->make_directory(name));
    }
}

TEST_CASE("removing a private directory does not follow the links in it") {
    const test::Folder folder;
    folder.write("kept/file", "x");
    {
        const auto directory = PrivateDirectory::create("");
        REQUIRE(directory);
        std::filesystem::create_directory_symlink(folder.path("kept"), directory->path() + "/link");
    }
    CHECK(folder.read("kept/file") == "x");
}

TEST_CASE("a private directory that is moved is removed once") {
    auto first = PrivateDirectory::create("");
    REQUIRE(first);
    const std::string path = first->path();
    {
        const PrivateDirectory second = std::move(*first);
        CHECK(std::filesystem::exists(path));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}
