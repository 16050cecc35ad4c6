#include "text/javascript_pattern.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

TEST_CASE("what PCRE2 would read in a way of its own is written so that it cannot") {
    const auto [javascript, pcre] = GENERATE(table<std::string, std::string>({
        {"abc", "abc"},
        {"a{,2}", R"(a\{,2\})"},
        {"]", R"(\])"},
        {R"(\Q\E)", "QE"},
        {R"(\K)", "K"},
        {R"(\v)", R"(\x{b})"},
        {"[[:alpha:]]", R"([\[:alpha:]\])"},
        {"(a)\\1", R"((a)\g{1})"},
        {R"(\uD83D\uDE00)", R"(\x{1f600})"},
        {R"(\p{General_Category=Letter})", R"(\p{L})"},
        {R"(\P{sc=Latin})", R"(\P{sc:Latin})"},
        {".", R"([^\n\r\x{2028}\x{2029}])"},
    }));
    CAPTURE(javascript);
    CHECK(text::pcre_pattern(javascript, false) == pcre);
}

TEST_CASE("an error says where the pattern goes wrong") {
    const Result<std::string> pattern = text::pcre_pattern("ab**", false);
    REQUIRE_FALSE(pattern);
    CHECK(pattern.error().why == "there is nothing to repeat at character 4 of 'ab**'");
}
