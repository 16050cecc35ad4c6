#include "plan/names/metadata/records.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

using namespace pr_image;
using namespace pr_image::plan::metadata;

namespace {

/// "line: key=value; bare" of each record, one a line.
std::string shown(std::string_view text) {
    const Result<std::vector<Record>> records = read_records("tags", text);
    if (!records) return text::to_string(records.error());
    std::string all;
    for (const Record& record : *records) {
        all += fmt::format("{}{}:", all.empty() ? "" : "\n", record.line);
        for (const Attribute& attribute : record.attributes)
            all += fmt::format(" {}<{}>", attribute.key, attribute.value);
    }
    return all;
}

}  // namespace

TEST_CASE("a line is a list of key=value and bare values") {
    const auto [given, records] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"foo", "1: <foo>"},
        {"type=raw,foo", "1: type<raw> <foo>"},
        {" Type = raw , VALUE= a=b ", "1: type<raw> value<a=b>"},
        {"prefix=", "1: prefix<>"},
        {"=x", "1: <=x>"},
        {"a\r\nb", "1: <a>\n2: <b>"},
        {"a\n\n   \n,\nb", "1: <a>\n5: <b>"},
        {"# note, \"not a quote\n  # indented\na#b", "3: <a#b>"},
        {R"(type=match,"pattern=a,b")", "1: type<match> pattern<a,b>"},
        {R"("type=raw,value=x")", "1: type<raw> value<x>"},
        {R"("pattern=say ""hi""",a)", "1: pattern<say \"hi\"> <a>"},
        {"\"a\",\"b\nc\"\nd", "1: <a> <b\nc>\n3: <d>"},
    }));
    CAPTURE(given);
    CHECK(shown(given) == records);
}

TEST_CASE("a comma inside braces belongs to the value") {
    const auto [given, records] = GENERATE(table<std::string, std::string>({
        {R"(type=match,pattern=\d{1,3}x{2,},group=1)", R"(1: type<match> pattern<\d{1,3}x{2,}> group<1>)"},
        {"value={{date 'D, M'}},enable=true", "1: value<{{date 'D, M'}}> enable<true>"},
        {R"(pattern=a\{b,enable=true)", R"(1: pattern<a\{b> enable<true>)"},
        {"value={{branch,enable=true", "1: value<{{branch> enable<true>"},
        {R"("pattern=^\d{1,2}",group=0)", R"(1: pattern<^\d{1,2}> group<0>)"},
    }));
    CAPTURE(given);
    CHECK(shown(given) == records);
}

TEST_CASE("a line that cannot be read is refused with its number") {
    const auto [given, why] = GENERATE(table<std::string, std::string>({
        {"a\n\"b", "a value on line 2 starts with \" and has no closing one"},
        {"a\ntype=match,pattern=\"x\"", "line 2, 'type=match,pattern=\"x\"': a quote stands inside a field"},
        {"\"a\nb\"", "line 1, '\"a\\x0ab\"': it holds several lines in one pair of quotes"},
    }));
    CAPTURE(given);
    CHECK(shown(given).starts_with("Invalid input 'tags': " + why));
}
