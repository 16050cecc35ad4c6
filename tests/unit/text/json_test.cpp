#include "text/json.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <limits>

using namespace pr_image;

namespace {

boost::json::value parsed(std::string_view json) {
    return text::parse_json(json, "test").value();
}

}  // namespace

TEST_CASE("text that is not JSON is an error that names what it was meant to be") {
    const std::string json = GENERATE("", " ", "{", "{\"a\":1,}", "{'a':1}", "[1] 2", "nul", "\"\\ud800\"",
                                      "\"\xff\"", "{\"a\":NaN}", "// {}", "{\"a\":[0,{\"b\":21e308}]}");
    CAPTURE(json);
    const auto value = text::parse_json(json, "event.json");
    REQUIRE_FALSE(value);
    CHECK(value.error().what == "Malformed event.json");
}

TEST_CASE("nesting is bounded, so that no payload can exhaust the stack") {
    const auto nested = [](std::size_t depth, char open, char close) {
        return std::string(depth, open) + std::string(depth, close);
    };
    CHECK(text::parse_json(nested(60, '[', ']'), "test"));
    CHECK_FALSE(text::parse_json(nested(70, '[', ']'), "test"));
    CHECK_FALSE(text::parse_json(std::string(1'000'000, '['), "test"));
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    CHECK_FALSE(text::parse_json(objects, "test"));
}

TEST_CASE("a path leads through objects only, and null is nothing") {
    const boost::json::value root =
        parsed(R"({"a":{"b":{"c":1,"gone":null}},"list":[{"c":1}],"text":"t","":{"":2},"a.b":3})");
    for (const char* path : {"a", "a.b", "a.b.c", "list", "text", "."}) {
        CAPTURE(path);
        CHECK(text::find_json(root, path) != nullptr);
    }
    for (const char* path :
         {"x", "a.x", "a.b.c.d", "a.b.gone", "a.b.gone.x", "list.0", "list.c", "text.x", "a..b", "..", "A"}) {
        CAPTURE(path);
        CHECK(text::find_json(root, path) == nullptr);
    }
    CHECK(text::find_json(parsed("[]"), "a") == nullptr);
    CHECK(text::find_json(parsed("null"), "a") == nullptr);
}

TEST_CASE("only a JSON string is a string") {
    const boost::json::value root =
        parsed(R"({"text":"a\nü","empty":"","number":7,"null":null,"list":["a"],"object":{}})");
    CHECK(text::json_string(root, "text") == "a\nü");
    const std::string other = GENERATE("empty", "number", "null", "list", "object", "missing");
    CAPTURE(other);
    CHECK(text::json_string(root, other).empty());
}

TEST_CASE("only a whole number from zero up is a number") {
    const auto [json, number] = GENERATE(table<std::string, std::optional<std::uint64_t>>({
        {"0", 0U},
        {"42", 42U},
        {"42.0", 42U},
        {"4.2e1", 42U},
        {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()},
        {"18446744073709551616", std::nullopt},
        {"-1", std::nullopt},
        {"4.5", std::nullopt},
        {"1e400", std::nullopt},
        {"1e300", std::nullopt},
        {"\"42\"", std::nullopt},
        {"null", std::nullopt},
        {"true", std::nullopt},
        {"[42]", std::nullopt},
        {"{}", std::nullopt},
    }));
    CAPTURE(json);
    const auto root = text::parse_json("{\"n\":" + json + "}", "test");
    CHECK((root ? text::json_number(*root, "n") : std::nullopt) == number);
}
