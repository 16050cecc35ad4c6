#include "text/strings.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

TEST_CASE("trim takes white space off both ends and nothing else") {
    const auto [given, trimmed] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {" \t\r\n\v\f", ""},
        {"a", "a"},
        {"  a b\t\n", "a b"},
        {"\u00a0a", "\u00a0a"},
    }));
    CHECK(text::trim(given) == trimmed);
    CHECK(text::trim(std::string_view("\0a\0", 3)) == std::string_view("\0a\0", 3));
}

TEST_CASE("to_lower changes ASCII letters only") {
    CHECK(text::to_lower("AZaz09@[`{") == "azaz09@[`{");
    CHECK(text::to_lower("ÄÉ") == "ÄÉ");
}

TEST_CASE("split gives one part more than there are separators") {
    using Parts = std::vector<std::string_view>;
    const auto [given, parts] = GENERATE(table<std::string, Parts>({
        {"", {""}},
        {"a", {"a"}},
        {"a/b", {"a", "b"}},
        {"/", {"", ""}},
        {"a//b/", {"a", "", "b", ""}},
    }));
    CAPTURE(given);
    CHECK(text::split(given, '/') == parts);
}

TEST_CASE("lines are trimmed and never empty") {
    using Lines = std::vector<std::string_view>;
    CHECK(text::lines("") == Lines{});
    CHECK(text::lines(" a\r\n\n\t\r\nb c \n") == Lines{"a", "b c"});
}

TEST_CASE("join puts the separator between parts only") {
    CHECK(text::join({}, ", ").empty());
    CHECK(text::join({"a"}, ", ") == "a");
    CHECK(text::join({"a", "", "b"}, ", ") == "a, , b");
}

TEST_CASE("replace_all goes on behind what it put in") {
    const auto [given, from, to, replaced] =
        GENERATE(table<std::string, std::string, std::string, std::string>({
            {"", "a", "b", ""},
            {"abc", "x", "y", "abc"},
            {"a-a", "a", "aa", "aa-aa"},
            {"aaa", "aa", "b", "ba"},
            {"a b", " ", "", "ab"},
        }));
    CHECK(text::replace_all(given, from, to) == replaced);
}

TEST_CASE("character classes are ASCII, whatever the locale") {
    std::string digits;
    std::string hex;
    std::string lower;
    std::string word;
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        if (text::is_digit(c)) digits += c;
        if (text::is_hex_digit(c)) hex += c;
        if (text::is_lower_alnum(c)) lower += c;
        if (text::is_word(c)) word += c;
    }
    CHECK(digits == "0123456789");
    CHECK(hex == "0123456789ABCDEFabcdef");
    CHECK(lower == "0123456789abcdefghijklmnopqrstuvwxyz");
    CHECK(word == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
}
