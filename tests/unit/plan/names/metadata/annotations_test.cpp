#include "plan/names/metadata/annotations.hpp"

#include "unit/plan/names/metadata/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan::metadata;

using Strings = std::vector<std::string>;

namespace {

const Context kMain = examples::context("push", "refs/heads/main");

}  // namespace

TEST_CASE("an entry is key=value, and templates may stand in both") {
    const auto [entry, key, value] = GENERATE(table<std::string, std::string, std::string>({
        {"a=1", "a", "1"},
        {" a = b=c ", "a", " b=c "},
        {"a=", "a", ""},
        {"a=x&y {{branch}}", "a", "x&y main"},
        {"{{branch}}.key={{sha}}", "main.key", "860c190"},
        {"d={{commit_date 'YYYY-MM-DDTHH:mm:ss.SSS[Z]'}}", "d", "2019-12-31T23:30:00.000Z"},
        {"{{date 'HH' tz='Asia/Tokyo'}}=x", "09", "x"},
    }));
    CAPTURE(entry);
    const auto parsed = parse_entry("labels", entry);
    REQUIRE(parsed);
    CHECK(expand(parsed->first, kMain) == key);
    CHECK(expand(parsed->second, kMain) == value);
}

TEST_CASE("an entry without a key, or with a template that is wrong, is refused under its input") {
    const auto [entry, why] = GENERATE(table<std::string, std::string>({
        {"novalue", "'novalue' is not key=value"},
        {"=x", "'=x' is not key=value"},
        {"a\nb=x", "'a\\x0ab=x' is not key=value"},
        {"a={{branch", "'a={{branch' is no template: '{{branch' does not close"},
        {"a={{ .Name }}", "'a={{ .Name }}' is no template: {{.Name}} is not known here"},
    }));
    CAPTURE(entry);
    const auto parsed = parse_entry("labels", entry);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().what == "Invalid input 'labels'");
    CHECK(parsed.error().why == why);
}

TEST_CASE("an annotation may say where it goes") {
    const auto [entry, level] = GENERATE(table<std::string, std::string>({
        {"a=b", ""},
        {"index:a=b", "index:"},
        {"manifest,index:a=b", "manifest,index:"},
        {"manifest[linux/amd64]:a=b", "manifest[linux/amd64]:"},
        {"index-descriptor,manifest-descriptor[linux/arm64]:a=b",
         "index-descriptor,manifest-descriptor[linux/arm64]:"},
        {"indexes:a=b", ""},
        {"index", ""},
        {"index,other:a=b", ""},
        {"manifest[:a=b", ""},
        {"org.example:index:a=b", ""},
    }));
    CAPTURE(entry);
    CHECK(annotation_level(entry) == level);
}

TEST_CASE("annotations are the OpenContainers set, what replaces it, and what names its own level") {
    const Pairs set{{"b", "1"}, {"a", "2"}};
    CHECK(annotations(set, {}, {"manifest"}, kMain) == Strings{"manifest:a=2", "manifest:b=1"});
    CHECK(annotations(set, {"b={{branch}}", "index:c={{sha}}"}, {"manifest", "index"}, kMain) ==
          Strings{"manifest:a=2", "manifest:b=main", "index:a=2", "index:b=main", "index:c=860c190"});
}

TEST_CASE("keys are listed without regard to case") {
    CHECK(sorted({{"b", ""}, {"C", ""}, {"a", ""}, {"B", ""}}) ==
          Pairs{{"a", ""}, {"B", ""}, {"b", ""}, {"C", ""}});
}
