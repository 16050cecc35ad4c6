#include "faults/matrix.hpp"
#include "unit/commands/scripted_world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

namespace pr_image::faults {

namespace {

using enum Ending;
using commands::Run;

constexpr std::string_view kRegistry = "registry.test";

/// A later job waits half a minute for the image of its pull request in the registry, and for nothing else.
class PullScene : public Scene {
  public:
    PullScene() {
        trust_authority(world_);
        world_.variables["INPUT_COMMAND"] = "pull";
        world_.variables["INPUT_HANDOVER"] = "registry";
        world_.variables["INPUT_WAIT"] = "30s";
        world_.variables["INPUT_AS"] = "test:latest";
        world_.engine_image = "sha256:0123";
        digest_ = commands::put_image(world_.registry, commands::RunWorld::tag());
    }

    fakes::FaultProxy& server(std::string_view) override { return world_.proxy; }
    Run run(const std::map<std::string, std::string>& inputs) override { return world_.run(inputs); }
    [[nodiscard]] const commands::RunWorld& world() const override { return world_; }

    void check(const Run& run, Ending ending, std::size_t) override {
        CHECK(world_.left().empty());
        std::size_t pulled = 0;
        std::size_t tagged = 0;
        for (const fakes::Seen& seen : world_.engine.requests()) {
            pulled += static_cast<std::size_t>(seen.target.contains("/images/create"));
            tagged += static_cast<std::size_t>(seen.target.contains("/tag?"));
        }
        CHECK(pulled == (ending == success ? 1U : 0U));
        CHECK((tagged != 0) == (ending == success));
        CHECK(run.outputs.empty() == (ending == error));
        if (run.outputs.empty()) return;
        CHECK(run.outputs.at("source") == "registry");
        CHECK(run.outputs.at("digest") == digest_);
    }

  private:
    commands::ScriptedWorld world_{{.name = std::string(kRegistry), .tls = identity()}};
    std::string digest_;
};

}  // namespace

Scenario pull_scenario() {
    return {"pull from the registry",
            {
                {.name = "token for the pull",
                 .host = kRegistry,
                 .method = "GET",
                 .target = "/token",
                 .passing = {success, error},
                 .untrusted = {success, error},
                 .wrong_length = {success, error},
                 .wrong_body = {success, error},
                 .unauthorized = {error, error},
                 .forbidden = {error, error}},
                {.name = "manifest",
                 .host = kRegistry,
                 .method = "GET",
                 .target = "/manifests/",
                 .skip = 1,
                 .passing = {success, error},
                 .untrusted = {success, error},
                 .wrong_length = {success, error},
                 .wrong_body = {success, error},
                 .unauthorized = {error, error},
                 .forbidden = {error, error}},
                {.name = "configuration",
                 .host = kRegistry,
                 .method = "GET",
                 .target = "/blobs/sha256",
                 .passing = {success, error},
                 .untrusted = {success, error},
                 .wrong_length = {success, error},
                 .wrong_body = {success, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error}},
            },
            [] { return std::make_unique<PullScene>(); }};
}

}  // namespace pr_image::faults
