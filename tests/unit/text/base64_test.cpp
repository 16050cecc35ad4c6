#include "text/base64.hpp"

#include "text/percent.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace std::string_literals;

TEST_CASE("base64 goes both ways by RFC 4648's examples") {
    const auto [bytes, encoded] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+"},
        {"\0\0"s, "AAA="},
    }));
    CHECK(text::base64_encode(bytes) == encoded);
    CHECK(text::base64_decode(encoded) == bytes);
}

TEST_CASE("base64 that is not strictly base64 decodes to nothing") {
    const std::string bad = GENERATE("Zg", "Zg=", "Zg===", "Z", "=", "====", "Zm9v\n", "Zm 9", "-_-_",
                                     "Zh==", "Zm9=", "Zg==Zg==", "Zm9v=");
    CAPTURE(bad);
    CHECK(text::base64_decode(bad) == std::nullopt);
}

TEST_CASE("base64url has its own alphabet and may leave the padding out") {
    CHECK(text::base64url_encode("\xfb\xff\xfe") == "-__-");
    CHECK(text::base64url_encode("f") == "Zg==");
    CHECK(text::base64url_decode("Zg") == "f");
    CHECK(text::base64url_decode("Zg==") == "f");
    CHECK(text::base64url_decode("-__-") == "\xfb\xff\xfe");
    const std::string bad = GENERATE("Zg=", "Zg===", "+//+", "Z", "Zh");
    CHECK(text::base64url_decode(bad) == std::nullopt);
}

TEST_CASE("percent encoding leaves nothing that could end a path segment or a query value") {
    CHECK(text::percent_encode("acme/app") == "acme%2Fapp");
    CHECK(text::percent_encode("a-b.c_d~e9") == "a-b.c_d~e9");
    CHECK(text::percent_encode("a b&c=d?e#f%\r\n\xc3\xa4") == "a%20b%26c%3Dd%3Fe%23f%25%0D%0A%C3%A4");
}
