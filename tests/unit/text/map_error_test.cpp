#include "text/map_error.hpp"

#include <catch2/catch_test_macros.hpp>

#include <expected>
#include <memory>
#include <string>

using namespace pr_image;

namespace {

struct Failure {
    int kind = 0;
    Error error;
};

}  // namespace

TEST_CASE("an outcome keeps its value when its error becomes another") {
    const auto length = [](const std::string& error) { return error.size(); };
    CHECK(text::map_error(std::expected<int, std::string>(7), length) == 7);
    CHECK(text::map_error(std::expected<int, std::string>(std::unexpected("four")), length).error() == 4);
    CHECK(text::map_error(std::expected<void, std::string>(), length));
    auto moved =
        text::map_error(std::expected<std::unique_ptr<int>, std::string>(std::make_unique<int>(3)), length);
    REQUIRE(moved);
    CHECK(**moved == 3);
}

TEST_CASE("a failure without its kind is its Error") {
    const Error error{"What", "why", "fix"};
    const Result<int> plain =
        text::without_kind(std::expected<int, Failure>(std::unexpected(Failure{4, error})));
    REQUIRE_FALSE(plain);
    CHECK(plain.error() == error);
    CHECK(text::without_kind(std::expected<int, Failure>(5)) == 5);
}
