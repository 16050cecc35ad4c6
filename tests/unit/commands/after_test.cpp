#include "commands/after.hpp"

#include "unit/commands/scripted_world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using commands::Run;
using commands::ScriptedWorld;

namespace {

/// The post step, with the state that the main step has saved.
Run after(ScriptedWorld& world, const std::string& builder) {
    actions::Environment::Variables variables = world.variables;
    if (!builder.empty()) variables["STATE_builder"] = builder;
    Run run;
    actions::Log log([&](std::string_view lines) { run.log += lines; }, false, actions::system_token);
    run.status = commands::after(actions::Environment(std::move(variables)), log);
    return run;
}

}  // namespace

TEST_CASE("the main step notes a builder that it makes, where it is to be removed") {
    ScriptedWorld world;
    const std::string noted = "builder=pr-image-docker-container";
    CHECK(world.run({{"driver", "docker-container"}, {"remove-builder", "true"}}).count(noted) == 1);
    CHECK(world.run({{"driver", "docker-container"}}).count(noted) == 0);
    CHECK(world.run({{"remove-builder", "true"}}).count("builder=") == 0);
}

TEST_CASE("the post step removes the builder that was noted, and nothing else") {
    ScriptedWorld world;
    const Run removed = after(world, "pr-image-docker-container");
    CHECK(removed.status == 0);
    CHECK(world.calls() == std::vector<std::string>{"rm --force -- pr-image-docker-container"});
    world.reset();
    CHECK(after(world, "").status == 0);
    CHECK(world.calls().empty());
}

TEST_CASE("a builder that cannot be removed is a warning") {
    ScriptedWorld world;
    world.on("rm", "echo 'ERROR: no such builder' >&2; exit 1\n");
    const Run run = after(world, "gone");
    CHECK(run.status == 0);
    CHECK(run.count("warning: Builder not removed") == 1);
}
