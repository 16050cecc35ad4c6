#include "actions/environment.hpp"

#include "support.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>

using pr_image::actions::Environment;
using pr_image::test::environment;

TEST_CASE("the environment is captured once, and the first of two equal names wins") {
    const std::array<const char*, 7> entries{"A=1", "A=2", "B=x=y", "=odd", "alone", "EMPTY=", nullptr};
    const Environment captured = Environment::capture(entries.data());
    CHECK(captured.get("A") == "1");
    CHECK(captured.get("B") == "x=y");
    CHECK(captured.variables().size() == 3);
    CHECK(Environment::capture(nullptr).variables().empty());
}

TEST_CASE("an empty variable is not there, because the runner sets what it does not have to nothing") {
    const Environment captured = environment({{"GITHUB_HEAD_REF", ""}, {"HOME", "/root"}});
    CHECK_FALSE(captured.get("GITHUB_HEAD_REF"));
    CHECK_FALSE(captured.get("OTHER"));
    CHECK(captured.value("GITHUB_HEAD_REF", "fallback") == "fallback");
    CHECK(captured.pick({"HOME", "GITHUB_HEAD_REF", "OTHER"}) == std::vector<std::string>{"HOME=/root"});
}

TEST_CASE("only GITHUB_ACTIONS=true means that a runner reads the output") {
    CHECK(environment({{"GITHUB_ACTIONS", "true"}}).in_actions());
    CHECK_FALSE(environment({{"GITHUB_ACTIONS", "1"}}).in_actions());
    CHECK_FALSE(environment({}).in_actions());
}
