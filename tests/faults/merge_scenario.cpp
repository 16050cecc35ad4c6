#include "fakes/memory_registry.hpp"
#include "faults/matrix.hpp"
#include "unit/commands/merge_world.hpp"

#include <catch2/catch_test_macros.hpp>

namespace pr_image::faults {

namespace {

using enum Ending;
using commands::Run;

constexpr std::string_view kRegistry = "registry.test";

/// Two platforms become one index under `latest`, and the staging tags go. The other way: they stay, which a
/// warning says.
class MergeScene : public Scene {
  public:
    MergeScene() {
        trust_authority(world_);
        world_.variables["INPUT_REGISTRY"] = front_.host();
        world_.variables["INPUT_USERNAME"] = "bot";
        world_.variables["INPUT_PASSWORD"] = "the-bots-own";
        world_.variables["INPUT_TAGS"] = "type=raw,value=latest";
        const commands::Shelf shelf{
            .put_blob = [this](const std::string& bytes) { return registry_.put_blob(bytes); },
            .put_manifest =
                [this](const std::string& tag, const std::string& type, const std::string& bytes) {
                    return registry_.put_manifest("acme/app", tag, type, bytes);
                }};
        parts_ = {stage(shelf, {.architecture = "amd64"}), stage(shelf, {.architecture = "arm64"})};
    }

    fakes::FaultProxy& server(std::string_view) override { return front_; }
    Run run(const std::map<std::string, std::string>& inputs) override { return world_.run(inputs); }
    [[nodiscard]] const commands::RunWorld& world() const override { return world_; }

    void check(const Run& run, Ending ending, std::size_t hits) override {
        CHECK(world_.left().empty());
        CHECK(registry_.open_uploads() <= hits);
        for (const commands::Staged& part : parts_) {
            CHECK(holds(part.image));
            CHECK(holds(part.attestation));
        }
        CHECK(run.count("warning: Staging tags not removed") == (ending == other_way ? 1U : 0U));
        if (ending == success) {
            for (const commands::Staged& part : parts_)
                CHECK_FALSE(holds(part.tag));
        }
        if (ending == error) {
            CHECK(run.outputs.empty());
            // Another run of the job finds everything that it needs.
            for (const commands::Staged& part : parts_)
                CHECK(holds(part.tag));
            return;
        }
        const std::vector<std::string> all{parts_[0].image, parts_[1].image, parts_[0].attestation,
                                           parts_[1].attestation};
        CHECK(commands::listed(registry_.manifest("acme/app", "latest")) == all);
        CHECK(run.outputs.at("pushed") == "true");
    }

  private:
    [[nodiscard]] bool holds(const std::string& reference) const {
        return !registry_.manifest("acme/app", reference).empty();
    }

    commands::MergeWorld world_;
    fakes::MemoryRegistry registry_{
        {{"bot", {.password = "the-bots-own", .may_write = true, .may_delete = true}}}};
    fakes::FaultProxy front_{registry_.server().port(), {.name = std::string(kRegistry), .tls = identity()}};
    std::vector<commands::Staged> parts_;
};

}  // namespace

Scenario merge_scenario() {
    return {"merge",
            {
                {.name = "a part's manifest",
                 .host = kRegistry,
                 .method = "GET",
                 .target = "/manifests/pr-image-staging-17-linux-arm64",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {error, error},
                 .wrong_body = {error, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 // Its other part's connection is busy, so that trying again takes a new one.
                 .held_up = "/blobs/sha256"},
                {.name = "a part's configuration",
                 .host = kRegistry,
                 .method = "GET",
                 .target = "/blobs/sha256",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {error, error},
                 .wrong_body = {error, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error}},
                {.name = "the index",
                 .host = kRegistry,
                 .method = "PUT",
                 .target = "/manifests/latest",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {success, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .bodiless = true},
                {.name = "look whether the index is there",
                 .host = kRegistry,
                 .method = "HEAD",
                 .target = "/manifests/latest",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .bodiless = true},
                {.name = "deletion of a staging tag",
                 .host = kRegistry,
                 .method = "DELETE",
                 .target = "/manifests/",
                 .passing = {success, other_way},
                 .untrusted = {other_way, other_way},
                 .wrong_length = {success, success},
                 .unauthorized = {success, other_way},
                 .forbidden = {other_way, other_way},
                 .bodiless = true,
                 .deadline = std::chrono::minutes(4)},
            },
            [] { return std::make_unique<MergeScene>(); }};
}

}  // namespace pr_image::faults
