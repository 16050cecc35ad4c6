#include "plan/names/metadata/pep440.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image::plan::metadata;

TEST_CASE("a Python version is brought into its normal form") {
    const auto [given, normal, is_final] = GENERATE(table<std::string, std::string, bool>({
        {"1", "1", true},
        {"v1.2.3", "1.2.3", true},
        {"V2020.01.02", "2020.1.2", true},
        {"1!2.0", "1!2.0", true},
        {"0!2.0", "2.0", true},
        {"1.2.3rc2", "1.2.3rc2", false},
        {"1.1beta2", "1.1b2", false},
        {"1.1.ALPHA-3", "1.1a3", false},
        {"1.0c", "1.0rc0", false},
        {"1.0preview_1", "1.0rc1", false},
        {"1.0pre", "1.0rc0", false},
        {"1.2post1", "1.2.post1", false},
        {"1.2-r4", "1.2.post4", false},
        {"1.2rev", "1.2.post0", false},
        {"1.0-1", "1.0.post1", false},
        {"1.0dev4", "1.0.dev4", false},
        {"1.0a1.post2.dev3", "1.0a1.post2.dev3", false},
        {"1.0.0c2.dev", "1.0.0rc2.dev0", false},
        {"1.0a--1", "1.0a0.post1", false},
        {"1.0+Ubuntu-01", "1.0+ubuntu,1", true},
        {"9007199254740993.0", "9007199254740993.0", true},
    }));
    CAPTURE(given);
    const std::optional<Pep440> parsed = parse_pep440(given);
    REQUIRE(parsed);
    CHECK(parsed->raw == given);
    CHECK(parsed->normal == normal);
    CHECK(parsed->is_final == is_final);
}

TEST_CASE("what PEP 440 does not accept is no version") {
    const std::string given = GENERATE("", "v", "abc", "1.", "1..2", ".1", "1.0x", "1.0-", "1.0+", "1.0+a..b",
                                       "1.0+a_", "1!", "!1", "1.0rc1rc2", "1.0 1", "p1-1.0", "1.0--1");
    CAPTURE(given);
    CHECK_FALSE(parse_pep440(given));
}

TEST_CASE("a release number that is not there is zero") {
    const Pep440 version = *parse_pep440("3.10");
    CHECK(version.part(0) == "3");
    CHECK(version.part(1) == "10");
    CHECK(version.part(2) == "0");
}
