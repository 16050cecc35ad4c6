#include "faults/matrix.hpp"
#include "unit/commands/cleanup_world.hpp"
#include "unit/commands/scripted_world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
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

/// The same images in a registry that knows nothing of packages.
class OciCleanupScene : public Scene {
  public:
    OciCleanupScene() {
        trust_authority(world_);
        world_.variables["INPUT_REGISTRY"] = front_.host();
        world_.variables["INPUT_USERNAME"] = "mona";
        world_.variables["INPUT_PASSWORD"] = "hunter2";
        world_.variables["INPUT_CLEANUP-BACKEND"] = "oci";
        shared_ = commands::put_image(registry_, "", "shared");
        own_ = commands::put_image(registry_, "", "own");
        release_ = put_index("v1.0.0", {shared_});
        closed_ = put_index("pr-7-abc1234", {shared_, own_});
        open_ = put_index("pr-8-abc1234", {shared_});
    }

    fakes::FaultProxy& server(std::string_view) override { return front_; }
    Run run(const std::map<std::string, std::string>& inputs) override { return world_.run(inputs); }
    [[nodiscard]] const commands::RunWorld& world() const override { return world_; }

    void check(const Run& run, Ending ending, std::size_t) override {
        CHECK(world_.left().empty());
        CHECK(registry_.manifest("acme/app", "v1.0.0") == registry_.manifest("acme/app", release_));
        for (const std::string& kept : {release_, open_, shared_})
            CHECK(has(kept));
        if (ending != success) return;
        CHECK_FALSE(has(closed_));
        CHECK_FALSE(has(own_));
        CHECK(run.outputs.at("deleted") == "2");
        CHECK(run.outputs.at("failed") == "0");
    }

  private:
    [[nodiscard]] bool has(const std::string& digest) const {
        return !registry_.manifest("acme/app", digest).empty();
    }

    std::string put_index(const std::string& tag, const std::vector<std::string>& children) {
        boost::json::array list;
        for (const std::string& child : children) {
            list.push_back({{"mediaType", kType + "manifest.v1+json"},
                            {"digest", child},
                            {"size", registry_.manifest("acme/app", child).size()}});
        }
        return registry_.put_manifest(
            "acme/app", tag, kType + "index.v1+json",
            boost::json::serialize(boost::json::object{{"schemaVersion", 2},
                                                       {"mediaType", kType + "index.v1+json"},
                                                       {"annotations", {{"name", tag}}},
                                                       {"manifests", list}}));
    }

    inline static const std::string kType = "application/vnd.oci.image.";

    CleanupWorld world_;  // GitHub says which pull requests are closed
    fakes::MemoryRegistry registry_{{{"mona", {"hunter2", true, true}}}};
    fakes::FaultProxy front_{registry_.server().port(), {.name = std::string(kServer), .tls = identity()}};
    std::string shared_, own_, release_, closed_, open_;
};

}  // namespace

Scenario oci_cleanup_scenario() {
    const std::chrono::minutes deadline(5);
    return {"clean-up by OCI",
            {
                {.name = "list of tags",
                 .host = kServer,
                 .method = "GET",
                 .target = "/tags/list",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {success, error},
                 .wrong_body = {success, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .deadline = deadline},
                {.name = "a tag's digest",
                 .host = kServer,
                 .method = "HEAD",
                 .target = "/manifests/",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .bodiless = true,
                 .deadline = deadline},
                {.name = "the question for referrers",
                 .host = kServer,
                 .method = "GET",
                 .target = "/referrers/",
                 .gone = Endings{success, error},
                 .untrusted = {success, error},
                 .wrong_length = {success, success},
                 .wrong_body = {success, success},
                 .unauthorized = {success, success},
                 .forbidden = {success, success},
                 .deadline = deadline},
                {.name = "an index",
                 .host = kServer,
                 .method = "GET",
                 .target = "/manifests/sha256",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {error, error},
                 .wrong_body = {error, error},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .deadline = deadline},
                {.name = "the question whether deleting is possible",
                 .host = kServer,
                 .method = "DELETE",
                 .target = "/manifests/sha256:0000",
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {success, success},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .deadline = deadline},
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
                 .deadline = deadline},
                {.name = "deletion",
                 .host = kServer,
                 .method = "DELETE",
                 .target = "/manifests/sha256",
                 .skip = 1,
                 .passing = {success, error},
                 .untrusted = {error, error},
                 .wrong_length = {success, success},
                 .unauthorized = {success, error},
                 .forbidden = {error, error},
                 .bodiless = true,
                 .deadline = deadline},
            },
            [] { return std::make_unique<OciCleanupScene>(); }};
}

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
                 .passing = {success, error},
                 .limited = Endings{success, other_way},
                 .untrusted = {error, error},
                 .wrong_length = {error, error},
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
