#include "text/number.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace pr_image;
using text::parse_number;

TEST_CASE("a number is digits and nothing else, within its bounds") {
    struct Row {
        std::string text;
        std::optional<unsigned> number;
    };
    const std::vector<Row> rows{
        {"10", 10},
        {"0010", 10},
        {"99", 99},
        {"9", std::nullopt},
        {"100", std::nullopt},
        {"", std::nullopt},
        {"-10", std::nullopt},
        {"+10", std::nullopt},
        {" 10", std::nullopt},
        {"10 ", std::nullopt},
        {"10\n", std::nullopt},
        {std::string("10\0", 3), std::nullopt},
        {"1e1", std::nullopt},
        {"0xa", std::nullopt},
        {"10.0", std::nullopt},
        {"4294967306", std::nullopt},
        {"18446744073709551626", std::nullopt},
        {"99999999999999999999999999999999999999", std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(parse_number<unsigned>(row.text, 10, 99) == row.number);
    }
}

TEST_CASE("without bounds a number is what its type holds") {
    CHECK(parse_number<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK_FALSE(parse_number<std::uint64_t>("18446744073709551616"));
    CHECK(parse_number<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK_FALSE(parse_number<std::int64_t>("9223372036854775808"));
    CHECK(parse_number<std::uint16_t>("65535") == 65535);
    CHECK_FALSE(parse_number<std::uint16_t>("65536"));
    CHECK_FALSE(parse_number<std::int64_t>("-"));
}

TEST_CASE("a number may be of another base") {
    CHECK(parse_number<unsigned>("755", 0, 0777, 8) == 0755U);
    CHECK_FALSE(parse_number<unsigned>("758", 0, 0777, 8));
    CHECK(parse_number<unsigned>("FfD8", 0, 0xffff, 16) == 0xffd8U);
    CHECK_FALSE(parse_number<unsigned>("0xff", 0, 0xffff, 16));
}

TEST_CASE("a number at the front of a text is taken with all its digits, or not at all") {
    struct Row {
        std::string text;
        std::optional<unsigned> number;
        std::string rest;
    };
    const std::vector<Row> rows{
        {"12h", 12, "h"},
        {"12", 12, ""},
        {"0012", 12, ""},
        {"h", std::nullopt, "h"},
        {"", std::nullopt, ""},
        {"999m", 999, "m"},
        {"1000m", std::nullopt, "1000m"},
        {"-1", std::nullopt, "-1"},
        {"1-", 1, "-"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        std::string_view rest = row.text;
        CHECK(text::take_number(rest, 999U) == row.number);
        CHECK(rest == row.rest);
    }
}

TEST_CASE("a decimal number has no exponent, no blanks and finite bounds") {
    CHECK(text::parse_decimal("0.5", -1, 1) == 0.5);
    CHECK(text::parse_decimal("-1", -1, 1) == -1.0);
    for (const char* bad : {"", "1e0", "1.5", "-1.5", " 1", "1 ", "+1", "nan", "inf", "0x1", "0.5.0", "."}) {
        CAPTURE(bad);
        CHECK_FALSE(text::parse_decimal(bad, -1, 1));
    }
}
