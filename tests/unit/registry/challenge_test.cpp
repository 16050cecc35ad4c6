#include "registry/challenge.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using registry::Challenge;
using registry::parse_challenges;

TEST_CASE("challenges are read as registries write them") {
    const auto [value, expected] = GENERATE(table<std::string, std::vector<Challenge>>({
        {R"(Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:a/b:pull,push")",
         {{"bearer",
           {{"realm", "https://ghcr.io/token"},
            {"service", "ghcr.io"},
            {"scope", "repository:a/b:pull,push"}}}}},
        {R"(Basic realm="Registry Realm")", {{"basic", {{"realm", "Registry Realm"}}}}},
        {R"(bearer REALM = "x" , Service=y)", {{"bearer", {{"realm", "x"}, {"service", "y"}}}}},
        {R"(Basic realm="a", Bearer realm="b",service="c", Negotiate)",
         {{"basic", {{"realm", "a"}}}, {"bearer", {{"realm", "b"}, {"service", "c"}}}, {"negotiate", {}}}},
        {R"(Bearer realm="a\"b\\c, Basic realm=d")", {{"bearer", {{"realm", R"(a"b\c, Basic realm=d)"}}}}},
        {R"(Bearer realm="first",realm="second")", {{"bearer", {{"realm", "first"}}}}},
        {"", {}},
        {" , ,", {}},
    }));
    CAPTURE(value);
    CHECK(parse_challenges(value) == expected);
}

TEST_CASE("a hostile challenge is read up to where it breaks and no further") {
    const auto [value, schemes] = GENERATE(table<std::string, std::size_t>({
        {R"(Bearer realm="never closed)", 1},
        {R"(Bearer realm="x\)", 1},
        {R"(realm="no scheme")", 0},
        {"=", 0},
        {"\"", 0},
        {std::string("\0Bearer", 7), 0},
        {"\xff\xfe", 0},
        {"Bearer " + std::string(9000, 'a'), 0},
    }));
    CAPTURE(value);
    CHECK(parse_challenges(value).size() == schemes);
    for (const Challenge& challenge : parse_challenges(value))
        CHECK(challenge.parameters.empty());
}

TEST_CASE("a challenge with parameters without end is cut") {
    std::string value = "Bearer ";
    for (int i = 0; i < 500; ++i)
        value += "p" + std::to_string(i) + "=x,";
    REQUIRE(parse_challenges(value).size() == 1);
    CHECK(parse_challenges(value).front().parameters.size() <= 32);
}

TEST_CASE("a token is read with its lifetime, which is 60 seconds where nothing is said") {
    const auto [json, value, lifetime] = GENERATE(table<std::string, std::string, int>({
        {R"({"token":"abc"})", "abc", 60},
        {R"({"access_token":"abc","expires_in":300})", "abc", 300},
        {R"({"token":"a.b-c_d~e+f/g=","access_token":"other","expires_in":"300"})", "a.b-c_d~e+f/g=", 60},
        {R"({"token":"abc","expires_in":0})", "abc", 60},
        {R"({"token":"abc","expires_in":-5})", "abc", 60},
        {R"({"token":"abc","expires_in":999999999999})", "abc", 86400},
    }));
    const Result<registry::Token> token = registry::parse_token(json);
    REQUIRE(token);
    CHECK(token->value == value);
    CHECK(token->lifetime == lifetime);
}

TEST_CASE("an answer without a usable token is refused and not quoted") {
    const std::string json =
        GENERATE(std::string("{}"), R"({"token":""})", R"({"token":7})", R"([])", "", "<html>",
                 R"({"token":"secret\r\nX: y"})", R"({"token":"secret token"})",
                 "{\"token\":\"" + std::string(20'000, 'a') + "\"}");
    const Result<registry::Token> token = registry::parse_token(json);
    REQUIRE_FALSE(token);
    CHECK_FALSE(token.error().why.contains("secret"));
}
