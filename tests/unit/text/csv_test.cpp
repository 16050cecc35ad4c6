#include "text/csv.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using text::Commas;

namespace {

using Fields = std::vector<std::string>;
using Records = std::vector<Fields>;

}  // namespace

TEST_CASE("a line is a record and a comma ends a field") {
    const auto [given, records] = GENERATE(table<std::string, Records>({
        {"", {}},
        {"a", {{"a"}}},
        {"a,b", {{"a", "b"}}},
        {"a,b\nc", {{"a", "b"}, {"c"}}},
        {"a\r\nb\r\n", {{"a"}, {"b"}}},
        {"a,", {{"a", ""}}},
        {",", {{"", ""}}},
        {" a , b ", {{" a ", " b "}}},
        {"a\n\n  \n\r\nb\n", {{"a"}, {"b"}}},
        {"# a", {{"# a"}}},
    }));
    CAPTURE(given);
    CHECK(text::csv_records(given) == records);
}

TEST_CASE("quotes around a field make commas and line breaks in it data") {
    const auto [given, records] = GENERATE(table<std::string, Records>({
        {R"("a,b",c)", {{"a,b", "c"}}},
        {"\"a\nb\",c", {{"a\nb", "c"}}},
        {"\"a\r\nb\"\r\nc", {{"a\r\nb"}, {"c"}}},
        {R"("say ""hi""")", {{R"(say "hi")"}}},
        {R"("",a)", {{"", "a"}}},
        {R"("")", {}},
    }));
    CAPTURE(given);
    CHECK(text::csv_records(given) == records);
}

TEST_CASE("a quote that does not enclose the whole field is an ordinary character") {
    const auto [given, records] = GENERATE(table<std::string, Records>({
        {R"(a="b",c)", {{R"(a="b")", "c"}}},
        {R"(it"s)", {{R"(it"s)"}}},
        {R"("a" b,c)", {{R"("a" b)", "c"}}},
        {R"( "a")", {{R"( "a")"}}},
    }));
    CAPTURE(given);
    CHECK(text::csv_records(given) == records);
}

TEST_CASE("an unclosed quote is an error that shows none of the text") {
    const std::string given = GENERATE("\"hunter2", "a,\"hunter2\nb", "\"hunter2\"\"");
    CAPTURE(given);
    const auto records = text::csv_records(given);
    REQUIRE_FALSE(records);
    CHECK_FALSE(text::to_string(records.error()).contains("hunter2"));
    CHECK_FALSE(text::csv_list(given, Commas::keep));
    CHECK_FALSE(text::csv_list(given, Commas::split));
}

TEST_CASE("a list input is trimmed, without empty entries, and its commas do what the input says") {
    const auto [given, kept, split] = GENERATE(table<std::string, Fields, Fields>({
        {"", {}, {}},
        {" \n , \n", {","}, {}},
        {"a,b\n c ", {"a,b", "c"}, {"a", "b", "c"}},
        {"a, b", {"a, b"}, {"a", "b"}},
        {"type=gha,scope=x\ntype=inline",
         {"type=gha,scope=x", "type=inline"},
         {"type=gha", "scope=x", "type=inline"}},
        {R"("type=gha,scope=x")", {"type=gha,scope=x"}, {"type=gha", "scope=x"}},
        {R"("a,b",c)", {"a,b,c"}, {"a,b", "c"}},
        {"  \"a\nb\"", {"a\nb"}, {"a\nb"}},
        {"\"KEY=line 1\nline 2\"\nB=2", {"KEY=line 1\nline 2", "B=2"}, {"KEY=line 1\nline 2", "B=2"}},
    }));
    CAPTURE(given);
    CHECK(text::csv_list(given, Commas::keep) == kept);
    CHECK(text::csv_list(given, Commas::split) == split);
}

TEST_CASE("a list may keep white space, quotes or its comments out of the usual rule") {
    CHECK(text::csv_list("\"KEY=a\n\n\"\n B=2 ", Commas::keep, {.trim = false}) ==
          Fields{"KEY=a\n\n", " B=2 "});
    CHECK(text::csv_list("type=image,\"name=a,b\",push=true\n\n\"x\n", Commas::keep, {.quotes = false}) ==
          Fields{"type=image,\"name=a,b\",push=true", "\"x"});
    CHECK(text::csv_list("a#b\n# \"x\n  # y\nc", Commas::keep, {.comments = text::Comments::are_skipped}) ==
          Fields{"a#b", "c"});
}

TEST_CASE("a record knows where it stands and which of its fields were quoted") {
    const auto records = text::csv_lines("# note\na,\"b\nc\"\n\nd", text::Comments::are_skipped);
    REQUIRE(records);
    REQUIRE(records->size() == 2);
    CHECK((*records)[0].line == 2);
    CHECK((*records)[0].source == "a,\"b\nc\"");
    CHECK_FALSE((*records)[0].fields[0].quoted);
    CHECK((*records)[0].fields[1].quoted);
    CHECK((*records)[1].line == 5);
}
