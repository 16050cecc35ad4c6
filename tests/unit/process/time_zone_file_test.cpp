#include "process/time_zone_file.hpp"

#include "unit/folder.hpp"
#include "unit/text/tzif.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

namespace {

std::string abbreviation(const std::string& name, const test::Folder& folder) {
    const Result<std::optional<text::TimeZone>> zone = process::read_time_zone(name, folder.path());
    if (!zone) return "error";
    return *zone ? (*zone)->at(text::Timestamp()).abbreviation : "none";
}

}  // namespace

TEST_CASE("a zone is found by its name in any case, and only inside the database") {
    const test::Folder folder;
    folder.write("Asia/Tokyo", text::tzif("JST-9"));
    folder.write("Etc/GMT+5", text::tzif("<-05>5"));
    folder.write("Bad", "not a zone");
    const auto [name, found] = GENERATE(table<std::string, std::string>({
        {"Asia/Tokyo", "JST"},
        {"asia/TOKYO", "JST"},
        {"Etc/GMT+5", "-05"},
        {"Asia", "none"},
        {"Asia/Nowhere", "none"},
        {"Nowhere/Tokyo", "none"},
        {"", "none"},
        {"/Asia/Tokyo", "none"},
        {"Asia/../Asia/Tokyo", "none"},
        {"../x", "none"},
        {"Asia/Tokyo\n", "none"},
        {"Bad", "error"},
    }));
    CAPTURE(name);
    CHECK(abbreviation(name, folder) == found);
}

TEST_CASE("a machine without the database has no zones") {
    const Result<std::optional<text::TimeZone>> zone = process::read_time_zone("Asia/Tokyo", "/nowhere");
    REQUIRE(zone);
    CHECK_FALSE(*zone);
}
