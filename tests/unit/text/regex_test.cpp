#include "text/regex.hpp"

#include "text/strings.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using text::Regex;

namespace {

/// "whole|group 1|group 2", with `-` for a group that took no part; "no match" where there is none.
std::string found(const std::string& pattern, const std::string& flags, const std::string& subject) {
    const Result<Regex> regex = Regex::compile(pattern, flags);
    if (!regex) return "refused";
    const Result<std::optional<Regex::Match>> match = regex->match(subject);
    if (!match) return "gave up";
    if (!*match) return "no match";
    std::vector<std::string> groups;
    for (const std::optional<std::string>& group : **match)
        groups.push_back(group.value_or("-"));
    return text::join(groups, "|");
}

}  // namespace

TEST_CASE("a pattern finds what it finds in JavaScript") {
    const auto [pattern, flags, subject, result] =
        GENERATE(table<std::string, std::string, std::string, std::string>({
            {R"(\d.\d.\d)", "", "v1.2.3", "1.2.3"},
            {R"(v(.*)-beta.(.*))", "", "v2.0.8-beta.67", "v2.0.8-beta.67|2.0.8|67"},
            {R"((x)?(v))", "", "v1", "v|-|v"},
            {R"(^v(\d+)$)", "i", "V12", "V12|12"},
            {R"(\d)", "g", "v1.2.3", "1|2|3"},
            {R"(x*)", "g", "ab", "||"},
            {R"(b)", "y", "ab", "no match"},
            {R"((?<=v)\d+(?!\d))", "", "v12", "12"},
            {R"((?<major>\d+)\.\k<major>)", "", "v7.7", "7.7|7"},
            {R"((a)\1)", "", "aa", "aa|a"},
            {R"(\p{Lu}\p{L}+)", "u", "größe Ärger", "Ärger"},
            {R"(\p{Script=Greek}+)", "u", "abγδ", "γδ"},
            {R"(\p{Uppercase_Letter})", "u", "aB", "B"},
            {R"(\u0041\x42\u{43})", "u", "ABC", "ABC"},
            {R"(^.$)", "s", "\n", "\n"},
            {R"(^.$)", "", "\n", "no match"},
            {R"(^b$)", "m", "a\nb\nc", "b"},
            {R"(^b$)", "", "b\n", "no match"},
            {R"([^]+)", "", "a\nb", "a\nb"},
            {R"([])", "", "a", "no match"},
            {R"([[a]+)", "", "[a[", "[a["},
            {R"([\w-]+)", "", "a-b", "a-b"},
            {R"([\d-z]+)", "", "1-z", "1-z"},
            {R"(a{,2})", "", "a{,2}", "a{,2}"},
            {R"(x{a})", "", "x{a}", "x{a}"},
            {R"(a{2,})", "", "aaa", "aaa"},
            {R"(\A\z\Q\h\R\K\e)", "", "AzQhRKe", "AzQhRKe"},
            {R"(\s)", "", "a\xC2\xA0z", "\xC2\xA0"},
            {R"(\d)", "", "\xD9\xA1", "no match"},
            {R"(a|b*?c)", "", "bbc", "bbc"},
            {R"(\-\/\_)", "", "-/_", "-/_"},
            {R"([\b])", "", "\b", "\b"},
            {R"(\cA\0)", "", std::string("\1\0", 2), std::string("\1\0", 2)},
        }));
    CAPTURE(pattern, flags, subject);
    CHECK(found(pattern, flags, subject) == result);
}

TEST_CASE("a pattern that JavaScript refuses, or that only PCRE knows, is refused") {
    const auto [pattern, flags] = GENERATE(table<std::string, std::string>({
        {"(", ""},         {"a)", ""},         {"[a", ""},          {"*a", ""},       {"a**", ""},
        {"a++", ""},       {"a{2}{3}", ""},    {"(?>a)", ""},       {"(?P<n>a)", ""}, {"(*FAIL)", ""},
        {"(?#x)", ""},     {"(?R)", ""},       {"(?<1>a)", ""},     {"(?<=a)*", ""},  {"a\\", ""},
        {"\\1", ""},       {"(a)\\2", ""},     {"\\u{110000}", ""}, {"\\uD800", ""},  {"\\p{Nonsense}", "u"},
        {"\\p{x=L}", "u"}, {"(?<n>a)\\k", ""}, {"{2}", ""},         {"a", "gg"},      {"a", "x"},
        {"[z-a]", ""},     {"a{3,2}", ""},     {"\xFF", ""},
    }));
    CAPTURE(pattern, flags);
    const Result<Regex> regex = Regex::compile(pattern, flags);
    REQUIRE_FALSE(regex);
    CHECK(regex.error().what == "Invalid regular expression");
}

TEST_CASE("a pattern that would run for ever gives up") {
    CHECK(found(R"((a+)+$)", "", std::string(40, 'a') + "b") == "gave up");
    CHECK(found(R"((a|aa)*$)", "", std::string(60, 'a') + "b") == "gave up");
}

TEST_CASE("bytes that are not UTF-8 neither crash nor match text") {
    CHECK(found("a(.)", "", "\xFF\xFEz") == "no match");
    CHECK(found("z", "", "\xFF\xFEz") == "z");
}

TEST_CASE("a pattern knows how many groups it has") {
    CHECK(Regex::compile("a")->groups() == 0);
    CHECK(Regex::compile(R"(\((a)(?:b)(?<c>d)[(])")->groups() == 2);
}
