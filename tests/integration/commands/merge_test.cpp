// Fan-in by the OCI distribution spec alone, on a real docker-registry.

#include "commands/merge.hpp"

#include "fakes/ghcr.hpp"
#include "support/docker_registry.hpp"
#include "support/http_client.hpp"
#include "text/json.hpp"
#include "unit/commands/merge_world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::commands;

namespace {

using Ask = std::function<support::HttpResponse(std::string_view method, const std::string& rest,
                                                const support::HttpFields& fields, std::string_view body)>;

/// Takes how to ask a real registry for something below acme/app.
Shelf shelf_of(const Ask& ask) {
    return {.put_blob =
                [ask](const std::string& bytes) {
                    std::string digest = text::sha256(bytes).string();
                    const std::string location = ask("POST", "/blobs/uploads/", {}, {}).field("Location");
                    const std::string upload = location.substr(location.find("/blobs/"));
                    const support::HttpResponse put = ask(
                        "PUT", fmt::format("{}{}digest={}", upload, upload.contains('?') ? "&" : "?", digest),
                        {{"Content-Type", "application/octet-stream"}}, bytes);
                    REQUIRE(put.status == 201);
                    return digest;
                },
            .put_manifest =
                [ask](const std::string& tag, const std::string& type, const std::string& bytes) {
                    std::string digest = text::sha256(bytes).string();
                    const support::HttpResponse put = ask("PUT", "/manifests/" + (tag.empty() ? digest : tag),
                                                          {{"Content-Type", type}}, bytes);
                    INFO(put.body);
                    REQUIRE(put.status == 201);
                    return digest;
                }};
}

std::string manifest_of(const Ask& ask, const std::string& reference) {
    const support::HttpResponse response = ask("GET", "/manifests/" + reference,
                                               {{"Accept",
                                                 "application/vnd.oci.image.index.v1+json, "
                                                 "application/vnd.oci.image.manifest.v1+json"}},
                                               {});
    return response.status == 200 ? response.body : std::string();
}

/// A registry, and one run's jobs.
class Stage : public MergeWorld {
  public:
    explicit Stage(bool allows_deletion = true) : real_({.allows_deletion = allows_deletion}) {}

    Staged stage(const PartSpec& spec) { return commands::stage(shelf_of(ask_), spec); }
    Run merge() { return run({{"registry", real_.host()}}); }
    [[nodiscard]] std::string manifest(const std::string& reference) const {
        return manifest_of(ask_, reference);
    }

  private:
    support::DockerRegistry real_;
    Ask ask_ = [this](std::string_view method, const std::string& rest, const support::HttpFields& fields,
                      std::string_view body) {
        return support::http_request("127.0.0.1", real_.port(), method, "/v2/acme/app" + rest, fields, body);
    };
};

}  // namespace

TEST_CASE("a real registry takes the merged index, and loses the staging tags and nothing else") {
    const bool attested = GENERATE(true, false);
    CAPTURE(attested);
    Stage stage;
    const Staged amd = stage.stage({.architecture = "amd64", .attested = attested});
    const Staged arm = stage.stage({.architecture = "arm64", .attested = attested});
    const Run run = stage.merge();
    INFO(run.log);
    REQUIRE(run.status == 0);
    const std::string index = stage.manifest("latest");
    CHECK(text::sha256(index).string() == run.outputs.at("digest"));
    const std::vector<std::string> parts = listed(index);
    CHECK(parts.size() == (attested ? 4 : 2));
    for (const std::string& part : parts)
        CHECK_FALSE(stage.manifest(part).empty());
    CHECK(stage.manifest(amd.tag).empty());
    CHECK(stage.manifest(arm.tag).empty());
    CHECK_FALSE(run.log.contains("not removed"));
    // Nothing is left to do, and the run ends the same.
    CHECK(stage.merge().outputs.at("digest") == run.outputs.at("digest"));
}

TEST_CASE("a registry without deletion keeps the staging tags as they are, with one warning") {
    Stage stage(false);
    const Staged amd = stage.stage({.architecture = "amd64", .attested = false});
    stage.stage({.architecture = "arm64"});
    const Run run = stage.merge();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(text::sha256(stage.manifest(amd.tag)).string() == amd.image);
    CHECK(run.log.contains("Staging tags not removed"));
    CHECK(run.log.contains("REGISTRY_STORAGE_DELETE_ENABLED"));
}

TEST_CASE("a registry's token that expires between two requests of a merge is fetched anew") {
    fakes::Ghcr ghcr;
    ghcr.add_token("writer", {});
    const Ask ask = [&](std::string_view method, const std::string& rest, const support::HttpFields& fields,
                        std::string_view body) { return ghcr.ask(method, "acme/app", rest, fields, body); };
    const Staged amd = stage(shelf_of(ask), {.architecture = "amd64"});
    const Staged arm = stage(shelf_of(ask), {.architecture = "arm64"});
    // Not 1: the two parts are asked for together, and would use up each other's token without end.
    for (const std::size_t uses : {2U, 3U, 4U}) {
        CAPTURE(uses);
        ghcr.tokens_expire_after(uses);
        const std::size_t before = ghcr.expired_requests();
        MergeWorld world;
        const Run run = world.run({{"registry", ghcr.host()}, {"username", "mona"}, {"password", "writer"}});
        INFO(run.log);
        CHECK(run.status == 0);
        CHECK(run.errors() == 0);
        CHECK(ghcr.expired_requests() > before);
        CHECK(listed(manifest_of(ask, "latest")) ==
              std::vector<std::string>{amd.image, arm.image, amd.attestation, arm.attestation});
    }
}
