#include "http/headers.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>
#include <utility>

using namespace pr_image;
using http::Headers;
using namespace std::string_literals;

TEST_CASE("header names compare without regard to case") {
    Headers headers;
    headers.set("Content-Type", "text/plain");
    headers.add("link", "<a>; rel=next");
    headers.add("Link", "<b>; rel=last");
    CHECK(headers.get("content-TYPE") == "text/plain");
    CHECK(headers.all("LINK").size() == 2);
    headers.set("CONTENT-type", "  x ");
    CHECK(headers.all("Content-Type") == std::vector<std::string_view>{"x"});
    headers.remove("LINK");
    CHECK(headers.get("Link") == std::nullopt);
    CHECK_FALSE(headers.refused());
}

TEST_CASE("nothing that could begin another header gets in") {
    const auto [name, value] = GENERATE(table<std::string, std::string>({
        {"Authorization", "Bearer x\r\nX-Evil: 1"},
        {"Authorization", "x\n"},
        {"Authorization", "x\ry"},
        {"Authorization", "x\0y"s},
        {"Authorization", "x\x7f"},
        {"X-Evil: 1\r\nY", "x"},
        {"", "x"},
        {"X Y", "x"},
        {"X:", "x"},
        {"Gr\xc3\xbc", "x"},
    }));
    Headers headers;
    headers.set(name, value);
    CHECK(headers.fields().empty());
    REQUIRE(headers.refused());
    CHECK_FALSE(headers.refused()->why.contains("Bearer"));
}

TEST_CASE("Link headers are read as RFC 8288 has them") {
    const auto [value, relation, target] = GENERATE(table<std::string, std::string, std::string>({
        {R"(<https://api.github.com/x?page=2>; rel="next", <https://api.github.com/x?page=9>; rel="last")",
         "last", "https://api.github.com/x?page=9"},
        {R"(</v2/a/tags/list?last=x&n=1>; rel="next")", "next", "/v2/a/tags/list?last=x&n=1"},
        {"<a>;rel=next", "next", "a"},
        {R"(<a>; title="x, <evil>; y"; rel="Next", <b>; rel="next")", "next", "a"},
    }));
    Headers headers;
    headers.add("Link", value);
    CHECK(http::link_target(headers, relation) == target);
}

TEST_CASE("a Link header that is broken gives no link") {
    Headers headers;
    const std::string value =
        GENERATE("", "<a", "a; rel=next", "<a>", "<a>; rel", "<a>; x=next", ">a<; rel=next");
    headers.add("Link", value);
    CHECK(http::link_target(headers, "next") == std::nullopt);
}

TEST_CASE("a link whose relation is empty is none") {
    CHECK(http::parse_links("<a>; rel=").empty());
    CHECK(http::parse_links("<a>; rel=\"\", <b>; rel=next").size() == 1);
}
