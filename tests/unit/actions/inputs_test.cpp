#include "actions/inputs.hpp"

#include "support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace pr_image::actions;
using pr_image::test::environment;

TEST_CASE("inputs arrive under the names that action.yml gives them") {
    const InputMap inputs = read_inputs(environment({{"INPUT_CACHE-FROM", "type=gha"},
                                                     {"INPUT_TARGET", " test\n"},
                                                     {"INPUT_TOKEN", ""},
                                                     {"INPUT_", "nameless"},
                                                     {"INPUTS", "other"},
                                                     {"GITHUB_SHA", "abc"}}));
    CHECK(inputs == InputMap{{"cache-from", "type=gha"}, {"target", " test\n"}, {"token", ""}});
}

TEST_CASE("an underscore means a hyphen, for shells that cannot export one, and the runner's spelling wins") {
    CHECK(read_inputs(environment({{"INPUT_PR_TAG", "a"}})) == InputMap{{"pr-tag", "a"}});
    CHECK(read_inputs(environment({{"INPUT_PR_TAG", "a"}, {"INPUT_PR-TAG", "b"}})) ==
          InputMap{{"pr-tag", "b"}});
}
