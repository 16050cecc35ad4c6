#include "commands/after.hpp"

#include "unit/commands/scripted_world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

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
    CHECK(world.calls() ==
          std::vector<std::string>{"create --name=pr-image-docker-container --driver=docker-container",
                                   "rm --force -- pr-image-docker-container"});
    world.reset();
    CHECK(after(world, "").status == 0);
    CHECK(world.calls().empty());
}

TEST_CASE("a builder of several nodes is removed from all of them") {
    ScriptedWorld world;
    plan::Builder builder{.driver = plan::Driver::docker_container, .name = "b", .why = {}};
    builder.nodes = {{.platforms = {"linux/amd64"}, .endpoint = "", .driver_opts = {{"env.TOKEN", "secret"}}},
                     {.platforms = {"linux/arm64"}, .endpoint = "ssh://arm", .driver_opts = {}}};
    CHECK(commands::builder_state(builder) == "b\n\nssh://arm");
    CHECK(after(world, commands::builder_state(builder)).status == 0);
    CHECK(world.calls() == std::vector<std::string>{
                               "create --name=b --node=b0 --driver=docker-container",
                               "create --append --name=b --node=b1 --driver=docker-container -- ssh://arm",
                               "rm --force -- b"});
}

TEST_CASE("no list of builders that other steps can write has a say in where a build goes") {
    ScriptedWorld world;
    const std::string lists = GENERATE("buildx", "list");
    if (lists == "list") world.variables["BUILDX_CONFIG"] = world.here() / lists;
    for (const std::string name : {"default", "pr-image-docker-container"}) {
        support::write_file(world.here() / lists / "instances" / name,
                            R"({"Driver":"remote","Nodes":[{"Endpoint":"tcp://evil.example:1"}]})");
    }
    world.on("create", "[ ! -e \"$BUILDX_CONFIG/instances\" ] || exit 7\n");
    CHECK(world.run({{"driver", "docker-container"}}).status == 0);
    CHECK(world.calls().front().starts_with("create --name=pr-image-docker-container"));
    CHECK(world.calls().front().contains(" --driver=docker-container"));
    world.reset();
    CHECK(after(world, "pr-image-docker-container").status == 0);
    CHECK(world.calls().front().starts_with("create "));
}

TEST_CASE("a builder that cannot be removed is a warning") {
    ScriptedWorld world;
    world.on("rm", "echo 'ERROR: container is in use' >&2; exit 1\n");
    const Run run = after(world, "stuck");
    CHECK(run.status == 0);
    CHECK(run.count("warning: Builder not removed") == 1);
}
