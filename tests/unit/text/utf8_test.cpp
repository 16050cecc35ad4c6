#include "text/utf8.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;

TEST_CASE("a code point is read with its length, whatever follows it") {
    const auto [bytes, value, length] = GENERATE(table<std::string, char32_t, std::size_t>({
        {"a", U'a', 1},
        {std::string(1, '\0'), U'\0', 1},
        {"\x7f", U'\x7f', 1},
        {"\xc2\x80", U'\x80', 2},
        {"\xdf\xbf", U'\x7ff', 2},
        {"\xe0\xa0\x80", U'\x800', 3},
        {"\xed\x9f\xbf", U'\xd7ff', 3},
        {"\xee\x80\x80", U'\xe000', 3},
        {"\xef\xbf\xbf", U'\xffff', 3},
        {"\xf0\x90\x80\x80", U'\x10000', 4},
        {"\xf4\x8f\xbf\xbf", U'\x10ffff', 4},
    }));
    for (const char* rest : {"", "z", "\x80"}) {
        const text::CodePoint read = text::decode_utf8(bytes + rest);
        CHECK(read.valid);
        CHECK(read.value == value);
        CHECK(read.length == length);
    }
    CHECK(text::is_utf8(bytes));
}

TEST_CASE("bytes that RFC 3629 forbids are invalid one byte at a time") {
    const std::string bytes = GENERATE(
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2z", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe0\xa0",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff");
    CAPTURE(bytes);
    const text::CodePoint read = text::decode_utf8(bytes);
    CHECK_FALSE(read.valid);
    CHECK(read.length == 1);
    CHECK_FALSE(text::is_utf8(bytes));
    CHECK_FALSE(text::is_utf8("fine " + bytes));
    CHECK_FALSE(text::is_utf8(bytes + " fine"));
}

TEST_CASE("text is UTF-8 when all of it is") {
    CHECK(text::is_utf8(""));
    CHECK(text::is_utf8("plain, Käse, 漢字, 🐳"));
}
