#include "plan/names/metadata/semver.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image::plan::metadata;

TEST_CASE("a version of Semantic Versioning is taken apart, with or without one v") {
    const auto [given, version, major, minor, patch, pre_release] =
        GENERATE(table<std::string, std::string, std::string, std::string, std::string, std::string>({
            {"1.2.3", "1.2.3", "1", "2", "3", ""},
            {"v10.20.30", "10.20.30", "10", "20", "30", ""},
            {"v2.0.8-beta.67", "2.0.8-beta.67", "2", "0", "8", "beta.67"},
            {"1.2.3+build.5", "1.2.3", "1", "2", "3", ""},
            {"1.2.3--x.0+a-b", "1.2.3--x.0", "1", "2", "3", "-x.0"},
            {"0.0.0-0a", "0.0.0-0a", "0", "0", "0", "0a"},
            {" 1.2.3 ", "1.2.3", "1", "2", "3", ""},
        }));
    CAPTURE(given);
    const std::optional<Semver> parsed = parse_semver(given);
    REQUIRE(parsed);
    CHECK(parsed->raw == given);
    CHECK(parsed->version() == version);
    CHECK(parsed->major == major);
    CHECK(parsed->minor == minor);
    CHECK(parsed->patch == patch);
    CHECK(parsed->pre_release == pre_release);
}

TEST_CASE("what is not strictly a version is none") {
    const std::string given = GENERATE("", "v", "1", "1.2", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-",
                                       "1.2.3-01", "1.2.3-a..b", "1.2.3+", "1.2.3+a_b", "V1.2.3", "vv1.2.3",
                                       "=1.2.3", "a.b.c", "1.2.x", "-1.2.3", "9007199254740992.0.0");
    CAPTURE(given);
    CHECK_FALSE(parse_semver(given));
    CHECK_FALSE(parse_semver("1.2.3-" + std::string(256, 'a')));
}
