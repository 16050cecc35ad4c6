#include "text/error.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace pr_image;

TEST_CASE("an error reads as one line with what, why and fix") {
    CHECK(text::to_string(Error{"Invalid input 'x'", "'y' is no number", "Write 1."}) ==
          "Invalid input 'x': 'y' is no number. Write 1.");
    CHECK(text::to_string(Error{"a", "b", ""}) == "a: b");
}

TEST_CASE("printable shows hostile text without letting it act") {
    CHECK(text::printable("a\nb\x1b[31m") == "a\\x0ab\\x1b[31m");
    CHECK(text::printable("\u202Eevil") == "\\u{202e}evil");
    CHECK(text::printable("\u061Cx\u200B\u2067\U000E0020\u3164") ==
          "\\u{61c}x\\u{200b}\\u{2067}\\u{e0020}\\u{3164}");
    CHECK(text::printable("\xff\xc0\x80") == "\\xff\\xc0\\x80");
    CHECK(text::printable("grün €") == "grün €");
    CHECK(text::printable("abcdef", 3) == "abc…");
}
