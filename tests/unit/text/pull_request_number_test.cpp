#include "text/pull_request_number.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

TEST_CASE("a pull request number is positive, plain and short") {
    const auto [text, value] = GENERATE(
        table<std::string, std::uint32_t>({{"1", 1}, {"42", 42}, {"100", 100}, {"999999999", 999'999'999}}));
    const Result<PullRequestNumber> number = PullRequestNumber::parse(text);
    REQUIRE(number);
    CHECK(number->value() == value);
    CHECK(number->string() == text);
}

TEST_CASE("anything else is no pull request number, and the error quotes it on one line") {
    const std::string bad = GENERATE("", "0", "007", "1;id", "-1", "+1", " 1", "1 ", "1\n", "1000000000",
                                     "1e3", "0x1", "#1", "１");
    CAPTURE(bad);
    const Result<PullRequestNumber> number = PullRequestNumber::parse(bad);
    REQUIRE_FALSE(number);
    CHECK_FALSE(text::to_string(number.error()).contains('\n'));
}
