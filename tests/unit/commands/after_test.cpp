#include "commands/after.hpp"

#include "unit/commands/scripted_world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using commands::Run;
using commands::ScriptedWorld;

namespace {

/// Gives the world a builder, as `buildx create` writes it down.
void make_builder(const ScriptedWorld& world, const std::string& name) {
    support::write_file(world.here() / "buildx/instances" / name, R"({"Driver":"docker-container"})");
}

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
    make_builder(world, "pr-image-docker-container");
    const Run removed = after(world, "pr-image-docker-container");
    CHECK(removed.status == 0);
    CHECK(world.calls() == std::vector<std::string>{"rm --force -- pr-image-docker-container"});
    world.reset();
    CHECK(after(world, "").status == 0);
    CHECK(world.calls().empty());
}

TEST_CASE("a builder that the post step of another step has removed is no trouble") {
    ScriptedWorld world;
    const Run run = after(world, "pr-image-docker-container");
    CHECK(run.status == 0);
    CHECK(world.calls().empty());
    CHECK(run.count("warning: ") == 0);
    CHECK(run.count("Builder pr-image-docker-container was removed already") == 1);
}

TEST_CASE("a builder that cannot be removed is a warning") {
    ScriptedWorld world;
    make_builder(world, "stuck");
    world.on("rm", "echo 'ERROR: container is in use' >&2; exit 1\n");
    const Run run = after(world, "stuck");
    CHECK(run.status == 0);
    CHECK(run.count("warning: Builder not removed") == 1);
}
