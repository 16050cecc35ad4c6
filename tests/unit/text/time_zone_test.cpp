#include "text/time_zone.hpp"

#include "unit/text/tzif.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using text::TimeZone;

namespace {

/// "CEST +7200" at a time of RFC 3339.
std::string local_type(const TimeZone& zone, std::string_view time) {
    const text::LocalTimeType& type = zone.at(text::parse_timestamp(time).value());
    return type.abbreviation + " " + std::to_string(type.offset.count());
}

std::string number(std::uint64_t value, int size) {
    std::string bytes;
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
        bytes += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
    return bytes;
}

/// A zone whose clocks change once, at 2020-06-01T00:00:00Z, from OLD (+1 h) to NEW (-2 h).
std::string one_change(char version) {
    const auto block = [&](int size) {
        std::string bytes = "TZif" + std::string(1, version) + std::string(15, '\0');
        for (const std::uint64_t count : {0U, 0U, 0U, 1U, 2U, 8U})
            bytes += number(count, 4);
        bytes += number(1590969600, size) + std::string("\1", 1);
        bytes += number(3600, 4) + std::string("\0\0", 2) + number(static_cast<std::uint64_t>(-7200), 4) +
                 std::string("\0\4", 2);
        return bytes + std::string("OLD\0NEW\0", 8);
    };
    return version == '\0' ? block(4) : block(4) + block(8) + "\n\n";
}

}  // namespace

TEST_CASE("a zone without a table follows its rule") {
    const auto [rule, time, type] = GENERATE(table<std::string, std::string, std::string>({
        {"JST-9", "2020-01-10T00:30:00Z", "JST 32400"},
        {"<+0545>-5:45", "2020-01-10T00:30:00Z", "+0545 20700"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2020-03-29T00:59:59Z", "CET 3600"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2020-03-29T01:00:00Z", "CEST 7200"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2020-10-25T00:59:59Z", "CEST 7200"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2020-10-25T01:00:00Z", "CET 3600"},
        {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T06:59:59Z", "EST -18000"},
        {"EST5EDT,M3.2.0,M11.1.0", "2024-03-10T07:00:00Z", "EDT -14400"},
        {"EST5EDT,M3.2.0,M11.1.0", "2024-11-03T06:00:00Z", "EST -18000"},
        // South of the equator summer spans the new year.
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2024-01-01T00:00:00Z", "AEDT 39600"},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2024-07-01T00:00:00Z", "AEST 36000"},
        // Ireland's winter time is the one that is called the exception.
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2024-01-01T00:00:00Z", "GMT 0"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2024-07-01T00:00:00Z", "IST 3600"},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T00:59:59Z", "-02 -7200"},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T01:00:00Z", "-01 -3600"},
        {"AAA0BBB,J60/0,J300/0", "2024-02-29T23:59:59Z", "AAA 0"},
        {"AAA0BBB,J60/0,J300/0", "2024-03-01T00:00:00Z", "BBB 3600"},
        {"AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", "BBB 3600"},
    }));
    CAPTURE(rule, time);
    const Result<TimeZone> zone = TimeZone::parse(text::tzif(rule));
    REQUIRE(zone);
    CHECK(local_type(*zone, time) == type);
}

TEST_CASE("a zone's table says what held before and after each change") {
    const char version = GENERATE('\0', '2', '3');
    CAPTURE(version);
    const Result<TimeZone> zone = TimeZone::parse(one_change(version));
    REQUIRE(zone);
    CHECK(local_type(*zone, "2020-05-31T23:59:59.999Z") == "OLD 3600");
    CHECK(local_type(*zone, "2020-06-01T00:00:00Z") == "NEW -7200");
    CHECK(local_type(*zone, "2035-01-01T00:00:00Z") == "NEW -7200");
}

TEST_CASE("a file that is no time zone, or only the start of one, is refused") {
    CHECK_FALSE(TimeZone::parse(""));
    CHECK_FALSE(TimeZone::parse("#!/bin/sh"));
    const std::string whole = one_change('2');
    for (std::size_t size = 0; size < whole.size() - 2; ++size)
        CHECK_FALSE(TimeZone::parse(whole.substr(0, size)));
    const std::string rule = GENERATE("CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.6.0,M10.5.0", "1CET", "CET-1CEST,M3.5.0,M10.5.0/x",
                                      "<CET-1", "CET-26", "CET25", "CET-1CEST-167,M3.5.0,M10.5.0");
    CAPTURE(rule);
    CHECK_FALSE(TimeZone::parse(text::tzif(rule)));
}

TEST_CASE("a file whose clock is days away from UTC is refused") {
    std::string far = one_change('2');
    const std::string near = {'\0', '\0', '\x0e', '\x10'};
    const std::size_t at = far.rfind(near);
    REQUIRE(at != std::string::npos);
    far.replace(at, 4, std::string("\0\xa6\x04\0", 4));
    CHECK_FALSE(TimeZone::parse(far));
}

TEST_CASE("UTC needs no data, whatever it is called") {
    for (const std::string_view name : {"UTC", "utc", "Etc/UTC", "Zulu"})
        CHECK(text::is_utc_name(name));
    for (const std::string_view name : {"", "Europe/London", "GMT+1"})
        CHECK_FALSE(text::is_utc_name(name));
    CHECK(local_type(TimeZone::utc(), "2020-01-10T00:30:00Z") == "UTC 0");
}
