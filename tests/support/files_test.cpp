#include "support/files.hpp"

#include "support/temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::support {
namespace {

TEST_CASE("a file comes back as it was written, with the folders that lead to it") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "a" / "b";
    write_file(path, std::string_view("one\0two\n", 8));
    CHECK(read_file(path) == std::string_view("one\0two\n", 8));
}

TEST_CASE("a file that cannot be opened, and one that can but not read, have no bytes") {
    const TemporaryFolder folder;
    CHECK(read_file(folder.path() / "none").empty());
    CHECK(read_file(folder.path()).empty());
}

}  // namespace
}  // namespace pr_image::support
