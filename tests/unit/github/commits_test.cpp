#include "github/commits.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;

TEST_CASE("a commit's date is its committer's, not its author's") {
    const Result<text::Timestamp> date = github::parse_commit_date(
        R"({"sha":"a","commit":{"author":{"date":"2019-01-01T00:00:00Z"},
            "committer":{"date":"2020-01-10T00:30:00Z"}}})");
    REQUIRE(date);
    CHECK(text::to_string(*date) == "2020-01-10T00:30:00.000Z");
}

TEST_CASE("an answer without a committer's date is refused") {
    const std::string json = GENERATE("", "{}", "[]", R"({"commit":{"committer":null}})",
                                      R"({"commit":{"committer":{"date":"yesterday"}}})");
    CHECK_FALSE(github::parse_commit_date(json));
}
