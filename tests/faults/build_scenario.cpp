#include "fakes/results_service.hpp"
#include "faults/matrix.hpp"
#include "text/sha256.hpp"
#include "unit/commands/scripted_world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

namespace pr_image::faults {

namespace {

using enum Ending;
using commands::Run;

constexpr std::string_view kRegistry = "registry.test";
constexpr std::string_view kResults = "results.test";

/// A pull request is built and pushed, and its tar is uploaded as the artifact; what its tag held before was
/// built by another plan. The other way is the fallback: no push, the artifact alone.
class BuildScene : public Scene {
  public:
    BuildScene() {
        trust_authority(world_);
        world_.variables["INPUT_REUSE"] = "true";
        world_.variables["INPUT_ARTIFACT"] = "always";
        world_.variables["INPUT_CACHE"] = "none";
        world_.variables["ACTIONS_RESULTS_URL"] = results_front_.url("/");
        world_.variables["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token({});
        world_.engine_image = "sha256:0123";
        digest_ = commands::put_image(world_.registry, commands::RunWorld::tag());
        support::write_file(world_.here() / "metadata.json",
                            R"({"containerimage.digest":")" + digest_ + "\"}");
    }

    fakes::FaultProxy& server(std::string_view host) override {
        return host == kRegistry ? world_.proxy : results_front_;
    }
    Run run(const std::map<std::string, std::string>& inputs) override { return world_.run(inputs); }
    [[nodiscard]] const commands::RunWorld& world() const override { return world_; }

    void check(const Run& run, Ending ending, std::size_t hits) override {
        // An upload whose answer was lost has a name that only the registry knows; it expires there.
        CHECK(world_.registry.open_uploads() <= hits);
        // The artifact's tar is there for later steps, as soon as it is whole.
        CHECK(world_.left().size() == (ending == error ? 0U : 1U));
        std::vector<fakes::StoredArtifact> stored;
        results_.with_artifacts([&](fakes::ArtifactService& service) { stored = service.artifacts(); });
        if (ending == error) {
            CHECK(run.outputs.empty());
            CHECK(std::ranges::none_of(stored, &fakes::StoredArtifact::complete));
            return;
        }
        CHECK(run.outputs.size() == 7);
        if (run.outputs.empty()) return;
        CHECK(run.outputs.at("strategy") == (ending == success ? "push" : "fallback"));
        CHECK(run.outputs.at("pushed") == (ending == success ? "true" : "false"));
        CHECK(run.outputs.at("digest") == (ending == success ? digest_ : ""));
        CHECK(run.count("Warning") + run.count("warning: Not pushed") == (ending == success ? 0U : 1U));
        CHECK(stored.size() == 1);
        if (stored.empty()) return;
        CHECK(stored.front().complete);
        CHECK(stored.front().digest == text::sha256("half of a tar\n").string());
        CHECK(world_.calls().size() == 1);
    }

  private:
    commands::ScriptedWorld world_{{.name = std::string(kRegistry), .tls = identity()}};
    fakes::ResultsService results_;
    fakes::FaultProxy results_front_{results_.port(), {.name = std::string(kResults), .tls = identity()}};
    std::string digest_;
};

}  // namespace

Scenario build_scenario() {
    return {"build",
            {
                {.name = "push probe",
                 .host = kRegistry,
                 .method = "POST",
                 .target = "/blobs/uploads/",
                 .skip = 1,
                 .passing = {success, other_way},
                 .silence = Endings{other_way, other_way},
                 .untrusted = {other_way, other_way},
                 .wrong_length = {success, other_way},
                 .wrong_body = {success, success},
                 .unauthorized = {other_way, other_way},
                 .forbidden = {other_way, other_way},
                 .inputs = {{"reuse", "false"}},
                 .bodiless = true},
                {.name = "the probe's cancellation",
                 .host = kRegistry,
                 .method = "DELETE",
                 .target = "/blobs/uploads/",
                 .gone = Endings{success, error},
                 .untrusted = {success, error},
                 .inputs = {{"reuse", "false"}},
                 .bodiless = true},
                {.name = "token for the push",
                 .host = kRegistry,
                 .method = "GET",
                 .target = "push",
                 .passing = {success, other_way},
                 .silence = Endings{other_way, other_way},
                 .untrusted = {other_way, other_way},
                 .wrong_length = {other_way, other_way},
                 .wrong_body = {other_way, other_way},
                 .unauthorized = {other_way, other_way},
                 .forbidden = {other_way, other_way},
                 .inputs = {{"reuse", "false"}}},
                {.name = "look for an image to use again",
                 .host = kRegistry,
                 .method = "GET",
                 .target = "/manifests/",
                 .gone = Endings{success, error},
                 .held_up = "/manifests/"},
                {.name = "configuration of that image",
                 .host = kRegistry,
                 .method = "GET",
                 .target = "/blobs/sha256",
                 .gone = Endings{success, error},
                 .held_up = "/manifests/"},
                {.name = "look whether the push is there",
                 .host = kRegistry,
                 .method = "HEAD",
                 .target = "/manifests/",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .bodiless = true},
            },
            [] { return std::make_unique<BuildScene>(); }};
}

Scenario upload_scenario() {
    return {"upload of a build's artifact",
            {
                {.name = "CreateArtifact",
                 .host = kResults,
                 .method = "POST",
                 .target = "/CreateArtifact",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {error, error},
                 .wrong_body = {error, error},
                 .unauthorized = {error, error},
                 .forbidden = {error, error}},
                {.name = "block",
                 .host = kResults,
                 .method = "PUT",
                 .target = "comp=block&",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {success, error},
                 .unauthorized = {error, error},
                 .forbidden = {error, error},
                 .bodiless = true,
                 .deadline = std::chrono::minutes(10)},
                {.name = "block list",
                 .host = kResults,
                 .method = "PUT",
                 .target = "comp=blocklist",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {success, error},
                 .unauthorized = {error, error},
                 .forbidden = {error, error},
                 .bodiless = true,
                 .deadline = std::chrono::minutes(10)},
                {.name = "FinalizeArtifact",
                 .host = kResults,
                 .method = "POST",
                 .target = "/FinalizeArtifact",
                 .passing = {success, error},
                 .unheard = Endings{success, success},
                 .untrusted = {error, error},
                 .wrong_length = {success, success},
                 .wrong_body = {success, success},
                 .unauthorized = {error, error},
                 .forbidden = {error, error}},
            },
            [] { return std::make_unique<BuildScene>(); }};
}

}  // namespace pr_image::faults
