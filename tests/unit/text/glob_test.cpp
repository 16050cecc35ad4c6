#include "text/glob.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using pr_image::text::glob_match;

TEST_CASE("a glob has to match the whole text") {
    const auto [pattern, text, matches] = GENERATE(table<std::string, std::string, bool>({
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"latest", "latest", true},
        {"latest", "latest-1", false},
        {"latest", "my-latest", false},
        {"Latest", "latest", false},
        {"*", "", true},
        {"*", "anything at all", true},
        {"v*", "v1.2.3", true},
        {"v*", "v", true},
        {"v*", "rev1", false},
        {"*-dev", "pr-7-dev", true},
        {"*-dev", "pr-7-device", false},
        {"pr-*-dev", "pr-7-dev", true},
        {"pr-*-dev", "pr-dev", false},
        {"*a*b*", "xxaxxbxx", true},
        {"*a*b*", "xxbxxaxx", false},
        {"**", "", true},
        {"?", "a", true},
        {"?", "", false},
        {"?", "ab", false},
        {"v?.?", "v1.2", true},
        {"v?.?", "v1x2", false},
        {"*?", "", false},
        {"*?", "a", true},
        {"[ab]", "a", false},
        {"[ab]", "[ab]", true},
        {"a.c", "abc", false},
        {"a\\*", "a*", false},
    }));
    CAPTURE(pattern, text);
    CHECK(glob_match(pattern, text) == matches);
}

TEST_CASE("a pattern made to backtrack is answered all the same") {
    std::string pattern;
    for (int i = 0; i < 500; ++i)
        pattern += "*a";
    CHECK_FALSE(glob_match(pattern + "b", std::string(20'000, 'a')));
    CHECK(glob_match(pattern + "*", std::string(20'000, 'a')));
}
