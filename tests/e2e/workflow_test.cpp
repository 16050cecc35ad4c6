#include "e2e/workflow.hpp"

#include "e2e/workflow_rules.hpp"
#include "e2e/yaml.hpp"
#include "text/strings.hpp"

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace pr_image::e2e {
namespace {

using Combinations = std::vector<std::map<std::string, std::string>>;

ActionMetadata action() {
    return {.inputs = {{"command", "build"}, {"target", ""}, {"run-id", ""}}, .outputs = {"ref", "digest"}};
}

std::string workflow() {
    return R"(on:
  pull_request:
  workflow_dispatch:
    inputs:
      target: {default: app}
permissions: {contents: read, packages: write}
jobs:
  image:
    outputs:
      ref: ${{ steps.image.outputs.ref }}
    steps:
      - uses: actions/checkout@v4
        with: {persist-credentials: false}
      - id: image
        uses: OWNER/pr-image@v0
        with:
          target: app
  test:
    needs: image
    if: needs.image.outputs.ref != ''
    strategy:
      matrix:
        suite: [unit, browser]
    container: ${{ needs.image.outputs.ref }}
    steps:
      - run: ./test.sh ${{ matrix.suite }}
)";
}

TEST_CASE("a workflow gives its triggers, and its jobs with their matrix, outputs and steps") {
    const Workflow read = read_workflow(parse_yaml(workflow(), "workflow"));
    CHECK(read.on.contains("pull_request"));
    CHECK(read.on.at("workflow_dispatch").inputs.at("target") == "app");
    REQUIRE(read.job("test") != nullptr);
    CHECK(read.job("test")->matrix == Combinations{{{"suite", "unit"}}, {{"suite", "browser"}}});
    CHECK(read.job("test")->container == "${{ needs.image.outputs.ref }}");
    CHECK(read.job("image")->matrix == Combinations{{}});
    CHECK(read.job("image")->steps.back().with.at("target") == "app");
    CHECK(read.job("lint") == nullptr);
    CHECK(problems_of(read, action()).empty());
}

TEST_CASE("a matrix is expanded as GitHub does it") {
    const auto expanded = [](const char* yaml) { return combinations(parse_yaml(yaml, "matrix")); };
    CHECK(expanded("{a: [1, 2], b: [x, y], exclude: [{a: 2, b: y}]}") ==
          Combinations{{{"a", "1"}, {"b", "x"}}, {{"a", "1"}, {"b", "y"}}, {{"a", "2"}, {"b", "x"}}});
    CHECK(expanded("{a: [1, 2], include: [{a: 2, runner: arm}, {a: 3}, {c: z}]}") ==
          Combinations{{{"a", "1"}, {"c", "z"}}, {{"a", "2"}, {"c", "z"}, {"runner", "arm"}}, {{"a", "3"}}});
    CHECK(expanded("{include: [{a: 1}, {a: 2}]}") == Combinations{{{"a", "1"}}, {{"a", "2"}}});
}

TEST_CASE("what is wrong with a workflow is said in a sentence") {
    struct Row {
        std::string there;
        std::string instead;
        std::string problem;
    };
    const std::vector<Row> rows{
        {"target: app\n  test", "tarhet: app\n  test", "job image: the action has no input 'tarhet'"},
        {"outputs.ref }}\n    steps", "outputs.rev }}\n    steps",
         "job image: the action has no output 'rev'"},
        {"steps.image.outputs.ref", "steps.build.outputs.ref", "job image: no step has the id 'build'"},
        {"- id: image", "- id: picture", "job image: no step has the id 'image'"},
        {"needs: image", "needs: [lint, image]", "job test: there is no job 'lint'"},
        {"    needs: image\n", "", "job test: it does not need the job 'image'"},
        {"      ref: $", "      rev: $", "job test: the job 'image' has no output 'ref'"},
        {"if: needs.image.outputs.ref", "if: needs.image.outputs.x",
         "job test: the job 'image' has no output 'x'"},
        {"matrix.suite", "matrix.sweet", "job test: its matrix has no 'sweet'"},
        {"target: app\n  test", "target: ${{ inputs.goal }}\n  test",
         "job image: workflow_dispatch has no input 'goal'"},
        {"packages: write", "packages: read", "job image: packages: write is needed"},
        {"contents: read, ", "", "job image: contents: read is needed"},
        {"permissions: {contents: read, packages: write}\n", "", "job image: it has no permissions"},
        {"target: app\n  test", "run-id: 7\n  test", "job image: actions: read is needed"},
        {"        with: {persist-credentials: false}\n", "",
         "job image: actions/checkout leaves its token beside the code: persist-credentials: false is "
         "missing"},
        {"credentials: false", "credentials: true",
         "job image: actions/checkout leaves its token beside the code: persist-credentials: false is "
         "missing"},
        {"target: app\n  test", "command: cleanup\n  test", "job image: pull-requests: read is needed"},
    };
    for (const Row& row : rows) {
        INFO(row.there << " → " << row.instead);
        const std::string broken = text::replace_all(workflow(), row.there, row.instead);
        REQUIRE(broken != workflow());
        const auto problems = problems_of(read_workflow(parse_yaml(broken, "workflow")), action());
        REQUIRE_FALSE(problems.empty());
        CHECK(problems.front() == row.problem);
    }
}

TEST_CASE("what GitHub would not take for a workflow is refused with its line") {
    CHECK_THROWS_AS(parse_yaml("a: [b\n", "x"), std::runtime_error);
    CHECK_THROWS_AS(parse_yaml("a: b\na: c\n", "x"), std::runtime_error);
    CHECK_THROWS_AS(read_workflow(parse_yaml("jobs: {}\n", "x")), std::runtime_error);
    CHECK_THROWS_AS(read_workflow(parse_yaml("jobs: {a: {steps: []}}\n", "x")), std::runtime_error);
    CHECK_THROWS_AS(read_workflow(parse_yaml("jobs: {a: {steps: [{id: x}]}}\n", "x")), std::runtime_error);
    CHECK_THROWS_AS(expressions_in("${{ github.token"), std::runtime_error);
}

}  // namespace
}  // namespace pr_image::e2e
