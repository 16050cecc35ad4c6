// `command: pull` with a real engine and a registry that fails as it is told.

#include "integration/commands/build_world.hpp"
#include "support/child_process.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace pr_image;
using commands::BuildWorld;
using commands::Run;

namespace {

/// Another machine, which has nothing of the image.
void forget(const BuildWorld& world) {
    support::try_run({BuildWorld::variable("PR_IMAGE_TEST_DOCKER"), "image", "rm", "--force",
                      world.image() + ":" + BuildWorld::tag()});
    support::run({BuildWorld::variable("PR_IMAGE_TEST_BUILDX"), "prune", "--all", "--force"});
}

}  // namespace

TEST_CASE("a registry that fails while the engine pulls is asked again, and the pull goes on") {
    BuildWorld world;
    REQUIRE(world.run({{"cache", "none"}}).status == 0);
    forget(world);
    // The first blob is the configuration, which this program reads itself.
    world.proxy.faults.add({.method = "GET", .target = "/blobs/", .skip = 1, .times = -1, .status = 503});
    world.on_log = [&](std::string_view lines) {
        if (lines.find("The pull is tried again") != std::string_view::npos) world.proxy.faults.clear();
    };
    const Run run = world.run({{"command", "pull"}, {"handover", "registry"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.outputs.at("source") == "registry");
    CHECK(run.count("The pull is tried again") == 1);
    forget(world);
}

TEST_CASE("a registry that refuses the engine's pull is asked once") {
    BuildWorld world;
    REQUIRE(world.run({{"cache", "none"}}).status == 0);
    forget(world);
    world.proxy.faults.add({.method = "GET", .target = "/blobs/", .skip = 1, .times = -1, .status = 403});
    const Run run = world.run({{"command", "pull"}, {"handover", "registry"}});
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.errors() == 1);
    CHECK(run.count("The pull is tried again") == 0);
}
