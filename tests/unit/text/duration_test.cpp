#include "text/duration.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

TEST_CASE("a duration is whole numbers with units, largest first") {
    const auto [text, seconds] = GENERATE(table<std::string, int>({{"0", 0},
                                                                   {"0s", 0},
                                                                   {"90s", 90},
                                                                   {"10m", 600},
                                                                   {"1h30m", 5400},
                                                                   {"7d", 604800},
                                                                   {"1d2h3m4s", 93784}}));
    const Result<std::chrono::seconds> parsed = text::parse_duration(text);
    REQUIRE(parsed);
    CHECK(parsed->count() == seconds);
}

TEST_CASE("what nobody can tell the length of is no duration") {
    const std::string text =
        GENERATE("", "90", "s", "1x", "-1s", "1 h", "1m1h", "1s1s", "1.5h", "9999999999s", "999999999d");
    CAPTURE(text);
    CHECK_FALSE(text::parse_duration(text));
}

TEST_CASE("a duration is shown as people write it") {
    CHECK(text::to_string(std::chrono::seconds(0)) == "0s");
    CHECK(text::to_string(std::chrono::seconds(93784)) == "1d 2h 3m 4s");
}
