#include "faults/matrix.hpp"
#include "unit/commands/cleanup_world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::faults {

namespace {

using enum Ending;
using commands::CleanupWorld;
using commands::Run;

constexpr std::string_view kServer = "registry.test";

/// A pull request is closed, whose image shares a manifest with a release and with another's that is open.
/// The other way: everything stays, which is said, and the run succeeds.
class CleanupScene : public Scene {
  public:
    CleanupScene() : world_({.registry_token = "ghs_good"}) {
        trust_authority(world_);
        world_.variables["GITHUB_API_URL"] = front_.url("/api/v3");
        world_.variables["INPUT_REGISTRY"] = front_.host();
        world_.variables["INPUT_USERNAME"] = "mona";
        world_.variables["INPUT_PASSWORD"] = "ghs_good";
        fakes::PackageServer& s = world_.server;
        const text::Timestamp old = CleanupWorld::kDaysAgo;
        shared_ = s.push_image("acme/app", "", "shared", old);
        own_ = s.push_image("acme/app", "", "own", old);
        release_ = s.push_index("acme/app", "v1.0.0", {shared_}, old);
        closed_ = s.push_index("acme/app", "pr-7-abc1234", {shared_, own_}, old);
        s.push_index("acme/app", "pr-8-abc1234", {shared_}, old);
    }

    fakes::FaultProxy& server(std::string_view) override { return front_; }
    Run run(const std::map<std::string, std::string>& inputs) override { return world_.run(inputs); }
    [[nodiscard]] const commands::RunWorld& world() const override { return world_; }

    void check(const Run& run, Ending ending, std::size_t) override {
        CHECK(world_.left().empty());
        // Whatever happens, nothing is taken from what is kept; and what was begun, another run can finish.
        CHECK(world_.server.whole("acme/app", "v1.0.0"));
        CHECK(world_.server.whole("acme/app", "pr-8-abc1234"));
        if (ending != success) return;
        CHECK_FALSE(world_.has(closed_));
        CHECK_FALSE(world_.has(own_));
        CHECK(run.outputs.at("deleted") == "2");
        CHECK(run.outputs.at("failed") == "0");
        CHECK(world_.server.api().versions("acme/app").size() == 3);
    }

  private:
    CleanupWorld world_;
    fakes::FaultProxy front_{world_.server.port(), {.name = std::string(kServer), .tls = identity()}};
    std::string shared_, own_, release_, closed_;
};

}  // namespace

Scenario github_cleanup_scenario() {
    return {"clean-up at GitHub",
            {
                {.name = "list of versions",
                 .host = kServer,
                 .method = "GET",
                 .target = "/versions",
                 .passing = {success, error},
                 .limited = Endings{success, other_way},
                 .untrusted = {error, error},
                 .wrong_length = {error, error},
                 .wrong_body = {error, error},
                 .unauthorized = {error, error},
                 .forbidden = {error, error},
                 .deadline = std::chrono::minutes(5)},
                {.name = "states of other pull requests",
                 .host = kServer,
                 .method = "GET",
                 .target = "/pulls",
                 .gone = Endings{success, error},
                 .untrusted = {success, error},
                 .deadline = std::chrono::minutes(5)},
                {.name = "a kept index",
                 .host = kServer,
                 .method = "GET",
                 .target = "/manifests/sha256",
                 .passing = {success, error},

                 .untrusted = {error, error},
                 .wrong_length = {success, error},
                 .wrong_body = {success, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .deadline = std::chrono::minutes(5)},
                {.name = "the journal",
                 .host = kServer,
                 .method = "PUT",
                 .target = "/manifests/",
                 .passing = {success, error},

                 .untrusted = {error, error},
                 .wrong_length = {success, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .bodiless = true,
                 .deadline = std::chrono::minutes(5)},
                {.name = "deletion",
                 .host = kServer,
                 .method = "DELETE",
                 .target = "/versions/",
                 .passing = {success, error},
                 .limited = Endings{success, other_way},
                 .untrusted = {error, error},
                 .wrong_length = {success, success},
                 .unauthorized = {error, error},
                 .forbidden = {error, error},
                 .bodiless = true,
                 .deadline = std::chrono::minutes(5)},
            },
            [] { return std::make_unique<CleanupScene>(); }};
}

}  // namespace pr_image::faults
