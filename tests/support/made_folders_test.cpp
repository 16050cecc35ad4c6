#include "support/made_folders.hpp"

#include "support/temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <optional>

namespace pr_image::support {
namespace {

TEST_CASE("a folder is among those made as long as it is there, and another's never is") {
    std::optional<TemporaryFolder> folder(std::in_place);
    const std::filesystem::path path = folder->path();
    std::filesystem::create_directory(path / "another");
    CHECK(std::ranges::count(made_folders(), path) == 1);
    CHECK(std::ranges::count(made_folders(), path / "another") == 0);
    folder.reset();
    CHECK(std::ranges::count(made_folders(), path) == 0);
}

}  // namespace
}  // namespace pr_image::support
