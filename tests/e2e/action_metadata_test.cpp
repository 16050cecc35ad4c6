#include "e2e/action_metadata.hpp"

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>

namespace pr_image::e2e {
namespace {

TEST_CASE("an action.yml gives its inputs with defaults, its outputs and how it runs") {
    const auto metadata = parse_action_metadata(R"(# the action
name: pr-image
description: >-
  One step: builds
  and pushes.
inputs:
  command:
    description: 'What to do: build, or plan'
    default: build
  token:
    description: |
      The token.

      It needs: packages: write
    required: false
    default: ${{ github.token }}   # the run's own
  pr-tag:
    description: Its format
    default: 'pr-{number}-{sha}'
  cache-from:
    description: several
      lines
outputs:
  digest:
    description: what was pushed
  tag:
    description: the tag
runs:
  using: docker
  image: docker://ghcr.io/acme/pr-image@sha256:00
  args:
    - one
    - "two words"
  env:
    A_NAME: its value
)");
    CHECK(metadata.inputs == std::map<std::string, std::string>{{"command", "build"},
                                                                {"token", "${{ github.token }}"},
                                                                {"pr-tag", "pr-{number}-{sha}"},
                                                                {"cache-from", ""}});
    CHECK(metadata.outputs == std::vector<std::string>{"digest", "tag"});
    CHECK(metadata.using_ == "docker");
    CHECK(metadata.args == std::vector<std::string>{"one", "two words"});
    CHECK(metadata.env == std::map<std::string, std::string>{{"A_NAME", "its value"}});
}

TEST_CASE("an action.yml that is no YAML, or of another shape, is refused") {
    CHECK_THROWS_AS(parse_action_metadata("inputs: {a: b}\n"), std::runtime_error);
    CHECK_THROWS_AS(parse_action_metadata("inputs\n"), std::runtime_error);
    CHECK_THROWS_AS(parse_action_metadata("inputs:\n  a:\n  a:\n"), std::runtime_error);
    CHECK_THROWS_AS(parse_action_metadata("runs: [docker\n"), std::runtime_error);
}

TEST_CASE("an expression is replaced by its value, and an unknown one is refused") {
    const std::map<std::string, std::string> contexts = {{"github.token", "ghs_1"}, {"github.actor", "mona"}};
    CHECK(evaluate("${{ github.token }}", contexts) == "ghs_1");
    CHECK(evaluate("a ${{github.actor}}-${{ github.token }} b", contexts) == "a mona-ghs_1 b");
    CHECK(evaluate("plain", contexts) == "plain");
    CHECK_THROWS_AS(evaluate("${{ secrets.X }}", contexts), std::runtime_error);
    CHECK_THROWS_AS(evaluate("${{ github.token", contexts), std::runtime_error);
}

}  // namespace
}  // namespace pr_image::e2e
