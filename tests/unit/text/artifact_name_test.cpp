#include "text/artifact_name.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>
#include <vector>

using namespace pr_image;

TEST_CASE("an artifact's name is what every file system can hold") {
    const std::vector<std::string> names{"image", "pr-7-abc1234_dev.tar", "with space", "größe",
                                         std::string(255, 'x')};
    for (const std::string& name : names) {
        CAPTURE(name);
        const auto parsed = ArtifactName::parse(name);
        REQUIRE(parsed);
        CHECK(parsed->string() == name);
    }
}

TEST_CASE("an artifact's name that a service or a file system refuses is an error that says why") {
    struct Row {
        std::string name, why;
    };
    const std::vector<Row> rows{
        {"", "empty"},        {"a/b", "'/'"},    {"a\\b", "'\\'"},    {"a\"b", "'\"'"},
        {"a:b", "':'"},       {"a<b", "'<'"},    {"a>b", "'>'"},      {"a|b", "'|'"},
        {"a*b", "'*'"},       {"a?b", "'?'"},    {"a\nb", "control"}, {"a\rb", "control"},
        {"a\x7f", "control"}, {"\xff", "UTF-8"}, {"..", "folder"},    {std::string(256, 'x'), "256 bytes"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const auto parsed = ArtifactName::parse(row.name);
        REQUIRE_FALSE(parsed);
        CHECK_THAT(parsed.error().why, Catch::Matchers::ContainsSubstring(row.why));
    }
}
