// `command: pull` with a real engine and a registry that fails as it is told.

#include "integration/commands/build_world.hpp"
#include "support/child_process.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
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

TEST_CASE("dockerd that is restarted while it pulls is asked again, and the image is whole") {
    BuildWorld world;
    BuildWorld::need_own_engine();
    REQUIRE(world.run({{"cache", "none"}}).status == 0);
    forget(world);
    world.proxy.faults.add({.kind = fakes::Fault::Kind::delay,
                            .method = "GET",
                            .target = "/blobs/",
                            .skip = 1,
                            .delay = std::chrono::seconds(3),
                            .also = BuildWorld::restart_engine});
    const Run run = world.run({{"command", "pull"}, {"handover", "registry"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.outputs.at("source") == "registry");
    CHECK(run.count("The pull is tried again") >= 1);
    // Throws unless every layer is there.
    support::run({BuildWorld::variable("PR_IMAGE_TEST_DOCKER"), "save", "--output",
                  world.folder.path() / "image.tar", world.image() + ":" + BuildWorld::tag()});
    forget(world);
}

TEST_CASE("an image that is reused is pulled with the same patience") {
    BuildWorld world;
    // Only a checkout proves that the image would be built of the same commit.
    world.check_out(std::string(40, 'b'));
    REQUIRE(world.run({{"cache", "none"}}).status == 0);
    forget(world);
    world.proxy.faults.add({.method = "GET", .target = "/blobs/", .skip = 1, .times = -1, .status = 503});
    world.on_log = [&](std::string_view lines) {
        if (lines.find("The pull is tried again") != std::string_view::npos) world.proxy.faults.clear();
    };
    const Run run = world.run({{"cache", "none"}, {"reuse", "true"}, {"load", "true"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.count("reused=true") == 1);
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
