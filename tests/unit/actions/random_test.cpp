#include "actions/random.hpp"

#include "text/strings.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace pr_image;

TEST_CASE("a token is 128 bits in hex, and no two are alike") {
    const std::string token = actions::system_token();
    CHECK(token.size() == 32);
    CHECK(std::ranges::all_of(token, text::is_hex_digit));
    CHECK(token != actions::system_token());
}
