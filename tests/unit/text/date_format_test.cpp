#include "text/date_format.hpp"

#include "unit/text/tzif.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

TEST_CASE("every token of Moment.js shows what Moment.js shows") {
    const text::Timestamp time = *text::parse_timestamp("2020-01-02T15:04:05.678Z");
    const auto [format, shown] = GENERATE(table<std::string, std::string>({
        {"YYYYMMDD", "20200102"},
        {"YYYYMMDD-HHmmss", "20200102-150405"},
        {"YYYY-MM-DDTHH:mm:ss.SSS[Z]", "2020-01-02T15:04:05.678Z"},
        {"dddd, MMMM Do YYYY, h:mm:ss a", "Thursday, January 2nd 2020, 3:04:05 pm"},
        {"M Mo MM MMM MMMM", "1 1st 01 Jan January"},
        {"Q Qo", "1 1st"},
        {"D Do DD DDD DDDo DDDD", "2 2nd 02 2 2nd 002"},
        {"d do dd ddd dddd", "4 4th Th Thu Thursday"},
        {"e E", "4 4"},
        {"w wo ww gg gggg ggggg", "1 1st 01 20 2020 02020"},
        {"W Wo WW GG GGGG GGGGG", "1 1st 01 20 2020 02020"},
        {"YY YYYY YYYYY YYYYYY Y", "20 2020 02020 +002020 2020"},
        {"y yo yyyy N NNNN", "2020 2020th 2020 AD Anno Domini"},
        {"A a", "PM pm"},
        {"H HH h hh k kk", "15 15 3 03 15 15"},
        {"hmm hmmss Hmm Hmmss", "304 30405 1504 150405"},
        {"m mm s ss", "4 04 5 05"},
        {"S SS SSS SSSS SSSSSSSSS", "6 67 678 6780 678000000"},
        {"z zz Z ZZ", "UTC UTC +00:00 +0000"},
        {"X x", "1577977445 1577977445678"},
        {"LT", "3:04 PM"},
        {"LTS", "3:04:05 PM"},
        {"L l", "01/02/2020 1/2/2020"},
        {"LL", "January 2, 2020"},
        {"lll", "Jan 2, 2020 3:04 PM"},
        {"LLLL", "Thursday, January 2, 2020 3:04 PM"},
        {"[week] W [of] GGGG", "week 1 of 2020"},
        {"[a[b]", "[pmb"},
        {"\\Y\\M [", "YM ["},
        {"v1.q-r_", "v1.q-r_"},
        {"", "2020-01-02T15:04:05Z"},
    }));
    CAPTURE(format);
    CHECK(text::format_date(time, text::TimeZone::utc(), format) == shown);
}

TEST_CASE("a date is shown as its zone's clocks show it") {
    const auto [rule, time, shown] = GENERATE(table<std::string, std::string, std::string>({
        {"JST-9", "2020-01-10T00:30:00Z", "2020-01-10T09:30:00+09:00 JST"},
        {"JST-9", "2019-12-31T15:00:00Z", "2020-01-01T00:00:00+09:00 JST"},
        {"<-0330>3:30", "2020-01-01T01:00:00Z", "2019-12-31T21:30:00-03:30 -0330"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2020-07-01T00:00:00Z", "2020-07-01T02:00:00+02:00 CEST"},
    }));
    CAPTURE(rule, time);
    const text::TimeZone zone = *text::TimeZone::parse(text::tzif(rule));
    CHECK(text::format_date(*text::parse_timestamp(time), zone, "YYYY-MM-DDTHH:mm:ssZ z") == shown);
}

TEST_CASE("weeks turn with the year as ISO 8601 and English calendars have it") {
    const auto [day, shown] = GENERATE(table<std::string, std::string>({
        {"2015-12-31", "53 2015 1 2016"},
        {"2016-01-03", "53 2015 2 2016"},
        {"2016-01-04", "1 2016 2 2016"},
        {"2018-12-31", "1 2019 1 2019"},
        {"2020-12-31", "53 2020 1 2021"},
        {"2021-01-03", "53 2020 2 2021"},
        {"2022-12-31", "52 2022 53 2022"},
        {"2023-01-01", "52 2022 1 2023"},
    }));
    CAPTURE(day);
    const text::Timestamp time = *text::parse_timestamp(day + "T12:00:00Z");
    CHECK(text::format_date(time, text::TimeZone::utc(), "W GGGG w gggg") == shown);
}

TEST_CASE("ordinals are English") {
    const auto [day, shown] = GENERATE(table<std::string, std::string>({{"01", "1st"},
                                                                        {"02", "2nd"},
                                                                        {"03", "3rd"},
                                                                        {"04", "4th"},
                                                                        {"11", "11th"},
                                                                        {"12", "12th"},
                                                                        {"13", "13th"},
                                                                        {"21", "21st"},
                                                                        {"22", "22nd"},
                                                                        {"23", "23rd"},
                                                                        {"30", "30th"},
                                                                        {"31", "31st"}}));
    const text::Timestamp time = *text::parse_timestamp("2020-01-" + day + "T00:00:00Z");
    CHECK(text::format_date(time, text::TimeZone::utc(), "Do") == shown);
}
