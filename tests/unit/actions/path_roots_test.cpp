#include "actions/path_roots.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>
#include <vector>

using namespace pr_image;

using Strings = std::vector<std::string>;

TEST_CASE("the workspace and runner.temp have the names that expressions give them, and a job's container") {
    const actions::Environment environment(
        {{"RUNNER_TEMP", "/github/runner_temp"}, {"RUNNER_WORKSPACE", "/home/runner/work/app"}});
    const PathRoots roots = actions::path_roots(environment, "/github/workspace");
    CHECK(roots.workspace == "/github/workspace");
    CHECK(roots.temporary == "/github/runner_temp");
    CHECK(roots.workspace_aliases == Strings{"/home/runner/work/app/app", "/__w/app/app"});
    CHECK(roots.temporary_aliases == Strings{"/home/runner/work/_temp", "/__w/_temp"});
}

TEST_CASE("where the runner's own folder is not known, the two folders have one name") {
    const std::string host = GENERATE("", "relative/app", "/home/runner/work/app/", "/");
    CAPTURE(host);
    const PathRoots roots = actions::path_roots(actions::Environment({{"RUNNER_WORKSPACE", host}}), "/w");
    CHECK(roots.workspace == "/w");
    CHECK(roots.temporary.empty());
    CHECK(roots.workspace_aliases.empty());
    CHECK(roots.temporary_aliases.empty());
}
