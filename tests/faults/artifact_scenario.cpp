#include "fakes/results_service.hpp"
#include "faults/matrix.hpp"
#include "support/tiny_image.hpp"
#include "text/sha256.hpp"
#include "unit/commands/scripted_world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::faults {

namespace {

using enum Ending;
using commands::Run;

constexpr std::string_view kResults = "results.test";

/// A later job gets the image from the run's artifact.
class ArtifactScene : public Scene {
  public:
    ArtifactScene() {
        trust_authority(world_);
        world_.variables["INPUT_COMMAND"] = "pull";
        world_.variables["INPUT_HANDOVER"] = "artifact";
        world_.variables["ACTIONS_RESULTS_URL"] = front_.url("/");
        world_.variables["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token({.job = "job-2"});
        world_.engine_image = text::sha256(image_.config).string();
        tar_ = image_.docker_tar({world_.proxy.host() + "/acme/app:" + commands::RunWorld::tag()});
        results_.with_artifacts([&](fakes::ArtifactService& service) {
            service.add({}, "pr-image-acme-app-" + commands::RunWorld::tag() + ".tar", tar_,
                        "application/x-tar");
        });
    }

    fakes::FaultProxy& server(std::string_view) override { return front_; }
    Run run(const std::map<std::string, std::string>& inputs) override { return world_.run(inputs); }
    [[nodiscard]] const commands::RunWorld& world() const override { return world_; }

    void check(const Run& run, Ending ending, std::size_t) override {
        CHECK(world_.left().empty());
        // A request whose body does not come to its end is not among these: the engine takes all or nothing.
        std::size_t loaded = 0;
        for (const fakes::Seen& seen : world_.engine.requests()) {
            if (!seen.target.contains("/images/load")) continue;
            ++loaded;
            // What the engine gets is written anew, and names nothing.
            CHECK(seen.body.contains(text::sha256(image_.config).hex()));
            CHECK_FALSE(seen.body.contains("/acme/app:"));
        }
        CHECK(loaded == (ending == success ? 1U : 0U));
        CHECK(run.outputs.empty() == (ending == error));
        if (!run.outputs.empty()) CHECK(run.outputs.at("source") == "artifact");
    }

  private:
    support::TinyImage image_{R"(x","dev.pr-image.head-sha":")" + std::string(40, 'a')};
    commands::ScriptedWorld world_;
    fakes::ResultsService results_;
    fakes::FaultProxy front_{results_.port(), {.name = std::string(kResults), .tls = identity()}};
    std::string tar_;
};

}  // namespace

Scenario artifact_scenario() {
    return {"pull from the artifact",
            {
                {.name = "ListArtifacts",
                 .host = kResults,
                 .method = "POST",
                 .target = "/ListArtifacts",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {error, error},
                 .wrong_body = {error, error},
                 .unauthorized = {error, error},
                 .forbidden = {error, error}},
                {.name = "GetSignedArtifactURL",
                 .host = kResults,
                 .method = "POST",
                 .target = "/GetSignedArtifactURL",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {error, error},
                 .wrong_body = {error, error},
                 .unauthorized = {error, error},
                 .forbidden = {error, error}},
                {.name = "range of the artifact",
                 .host = kResults,
                 .method = "GET",
                 .target = "/blobs/",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {success, error},
                 .wrong_body = {error, error},
                 .unauthorized = {success, error},
                 .forbidden = {success, error},
                 .deadline = std::chrono::minutes(10)},
            },
            [] { return std::make_unique<ArtifactScene>(); }};
}

}  // namespace pr_image::faults
