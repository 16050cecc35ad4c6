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

TEST_CASE("characters that nobody sees are shown, and what scripts and emoji are written with stays") {
    for (const char32_t hidden :
         {0x00ADU,  0x034FU,  0x061CU,  0x115FU,  0x1160U,  0x17B4U,  0x180EU,  0x200BU, 0x200EU,
          0x200FU,  0x2028U,  0x2029U,  0x202AU,  0x202DU,  0x202EU,  0x2060U,  0x2064U, 0x2066U,
          0x2067U,  0x2068U,  0x2069U,  0x206FU,  0x3164U,  0xFEFFU,  0xFFA0U,  0xFFF9U, 0xFFFBU,
          0x13430U, 0x1BCA0U, 0x1D173U, 0xE0001U, 0xE0020U, 0xE007FU, 0xE0100U, 0xE01EFU}) {
        CAPTURE(static_cast<unsigned>(hidden));
        CHECK(pr_image::text::is_hidden(hidden));
    }
    for (const char32_t seen :
         {U'a', U'ü', U'€', U'ש', U'ع', char32_t{0x200C}, char32_t{0x200D}, char32_t{0xFE0F},
          char32_t{0x2027}, char32_t{0x202F}, char32_t{0x2070}, char32_t{0xFFFD}, U'🐳'}) {
        CAPTURE(static_cast<unsigned>(seen));
        CHECK_FALSE(pr_image::text::is_hidden(seen));
    }
    CHECK(pr_image::text::show_hidden("a\u202Eb\U000E0041") == "a\\u{202e}b\\u{e0041}");
    CHECK(pr_image::text::show_hidden("\xffgrün \xE2\x80") == "\xffgrün \xE2\x80");
    CHECK(pr_image::text::show_hidden("").empty());
}
