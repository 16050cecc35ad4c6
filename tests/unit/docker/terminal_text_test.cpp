#include "docker/terminal_text.hpp"

#include "text/utf8.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using docker::plain_line;

TEST_CASE("what a terminal would obey is gone, and the text stays") {
    struct Row {
        std::string line, plain;
    };
    const std::vector<Row> rows{
        {"grün\t€ 🐳", "grün\t€ 🐳"},
        {"\x1b[31;1mred\x1b[0m", "red"},
        {"\x1b[2K\x1b[1Gx", "x"},
        {"\x1b]0;title\x07x", "x"},
        {"\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"},
        {"\x1b(Bx\x1b=y\x1b", "xy"},
        {"\x1b\xC3\xBCx", "üx"},
        {"a\x08\x07\x7F b", "a b"},
        {"a\xC2\x9B"
         "31mb",
         "a31mb"},
        {"\x1b[31", ""},
        {"10%\r50%\r100%", "100%"},
        {"done\r", "done"},
        {"", ""},
        {"\xff\xfe", "\uFFFD\uFFFD"},
        {std::string("a\0b", 3), "ab"},
        {"a\u202Eb", "a\\u{202e}b"},
        {"\u2066if\u2069 \u061Cx\u200F", "\\u{2066}if\\u{2069} \\u{61c}x\\u{200f}"},
        {"\u200Bx\uFEFF\u2028", "\\u{200b}x\\u{feff}\\u{2028}"},
        {"x\U000E0041\U000E0100", "x\\u{e0041}\\u{e0100}"},
        {"👩\u200D💻 ✔\uFE0F می\u200Cخواهم שלום", "👩\u200D💻 ✔\uFE0F می\u200Cخواهم שלום"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.line);
        CHECK(plain_line(row.line) == row.plain);
    }
}

TEST_CASE("a long line is cut between characters") {
    CHECK(plain_line("abcdef", 3) == "abc…");
    CHECK(plain_line("aüü", 4) == "aü…");
    CHECK(plain_line("abc", 3) == "abc");
    CHECK(plain_line("a\u202Eb", 4) == "a…");
    CHECK(plain_line("a\xff\xff", 4) == "a\uFFFD…");
}

TEST_CASE("any bytes give valid UTF-8 without control characters") {
    std::string every;
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; second += 7) {
            every = {static_cast<char>(first), static_cast<char>(second), 'x'};
            const std::string plain = plain_line(every);
            if (!text::is_utf8(plain)) FAIL(first << " " << second);
            if (plain.find('\x1b') != std::string::npos || plain.find('\n') != std::string::npos) FAIL(first);
        }
    }
    SUCCEED();
}
