#include "text/timestamp.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

TEST_CASE("a time of RFC 3339 is read in any offset and shown in UTC to the millisecond") {
    const auto [given, shown] = GENERATE(table<std::string, std::string>({
        {"2020-01-10T00:30:00Z", "2020-01-10T00:30:00.000Z"},
        {"2020-01-10T00:30:00.5Z", "2020-01-10T00:30:00.500Z"},
        {"2020-01-10T00:30:00.123456789Z", "2020-01-10T00:30:00.123Z"},
        {"2020-01-10T09:30:00+09:00", "2020-01-10T00:30:00.000Z"},
        {"2020-01-09T19:00:00-05:30", "2020-01-10T00:30:00.000Z"},
        {"2020-02-29t12:00:00z", "2020-02-29T12:00:00.000Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
    }));
    CAPTURE(given);
    const Result<text::Timestamp> time = text::parse_timestamp(given);
    REQUIRE(time);
    CHECK(text::to_string(*time) == shown);
}

TEST_CASE("what is no time of RFC 3339 is refused") {
    const std::string given = GENERATE(
        "", "2020-01-10", "2020-13-10T00:00:00Z", "2019-02-29T00:00:00Z", "2020-01-10T24:00:00Z",
        "2020-01-10T00:60:00Z", "2020-01-10T00:00:00", "2020-01-10T00:00:00.Z", "2020-01-10T00:00:00+9:00",
        "2020-01-10T00:00:00Zx", "20200110T000000Z", "2020-01-10T00:00:00+24:00");
    CAPTURE(given);
    CHECK_FALSE(text::parse_timestamp(given));
    CHECK_FALSE(text::read_timestamp(given));
}

TEST_CASE("SOURCE_DATE_EPOCH is a count of seconds and nothing else") {
    CHECK(text::to_string(*text::parse_epoch_seconds("1578616200")) == "2020-01-10T00:30:00.000Z");
    CHECK(text::to_string(*text::parse_epoch_seconds("0")) == "1970-01-01T00:00:00.000Z");
    const std::string bad =
        GENERATE("", "-1", "1.5", "1e9", " 1", "1 ", "x", "253402300800", "99999999999999999999");
    CAPTURE(bad);
    CHECK_FALSE(text::parse_epoch_seconds(bad));
}
