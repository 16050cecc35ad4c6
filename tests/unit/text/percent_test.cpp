#include "text/percent.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace pr_image;

TEST_CASE("percent-encoding leaves only unreserved characters") {
    CHECK(text::percent_encode("aZ09-._~") == "aZ09-._~");
    CHECK(text::percent_encode("a b/c?d=e&f%") == "a%20b%2Fc%3Fd%3De%26f%25");
    CHECK(text::percent_encode(std::string_view("\0\xff", 2)) == "%00%FF");
}

TEST_CASE("percent-decoding undoes it, and refuses half a byte") {
    CHECK(text::percent_decode("a%20b%2fC%2F") == "a b/C/");
    CHECK(text::percent_decode("plain+plus") == "plain+plus");
    CHECK(text::percent_decode("%ff%00") == std::string("\xff\0", 2));
    for (const char* broken : {"%", "%2", "a%2", "%zz", "%2g", "%%20"}) {
        CAPTURE(broken);
        CHECK_FALSE(text::percent_decode(broken));
    }
}
