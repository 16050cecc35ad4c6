#include "commands/merge.hpp"

#include "fakes/memory_registry.hpp"
#include "fakes/package_server.hpp"
#include "unit/commands/merge_world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>

using namespace pr_image;
using namespace pr_image::commands;

namespace {

using Digests = std::vector<std::string>;

/// A registry that answers who is asked for, and `bot` may do all.
struct Stage : MergeWorld {
    explicit Stage(bool may_delete = true)
        : store({{"bot", {.password = "the-bots-own", .may_write = true, .may_delete = may_delete}}}) {}

    Run merge(std::map<std::string, std::string> inputs = {}) {
        inputs.emplace("registry", store.host());
        inputs.emplace("username", "bot");
        inputs.emplace("password", "the-bots-own");
        return run(inputs);
    }
    Staged stage(const PartSpec& spec) { return commands::stage(shelf(), spec); }
    [[nodiscard]] std::string manifest(const std::string& reference) const {
        return store.manifest("acme/app", reference);
    }
    [[nodiscard]] bool has(const std::string& reference) const { return !manifest(reference).empty(); }

    fakes::MemoryRegistry store;

  private:
    Shelf shelf() {
        return {.put_blob = [this](const std::string& bytes) { return store.put_blob(bytes); },
                .put_manifest =
                    [this](const std::string& tag, const std::string& type, const std::string& bytes) {
                        return store.put_manifest("acme/app", tag, type, bytes);
                    }};
    }
};

}  // namespace

TEST_CASE("the parts of a run become one index under every tag, attestations and all") {
    Stage stage;
    const Staged arm = stage.stage({.architecture = "arm64"});
    const Staged amd = stage.stage({.architecture = "amd64"});
    const Run run = stage.merge({{"annotations", "index:com.example.a=b"}});
    INFO(run.log);
    REQUIRE(run.status == 0);
    const std::string index = stage.manifest("latest");
    CHECK(listed(index) == Digests{amd.image, arm.image, amd.attestation, arm.attestation});
    CHECK(index.contains(R"("com.example.a":"b")"));
    const std::string digest = text::sha256(index).string();
    for (const std::string tag : {"main", "sha-bbbbbbb"}) {
        CAPTURE(tag);
        CHECK(stage.manifest(tag) == index);
    }
    CHECK(run.outputs.at("digest") == digest);
    CHECK(run.outputs.at("ref") == stage.store.host() + "/acme/app@" + digest);
    CHECK(run.outputs.at("strategy") == "push");
    CHECK(run.outputs.at("pushed") == "true");
}

TEST_CASE("the staging tags go, and nothing that the image is made of") {
    Stage stage;
    const Staged amd = stage.stage({.architecture = "amd64"});
    const Staged arm = stage.stage({.architecture = "arm64"});
    const Run run = stage.merge();
    INFO(run.log);
    REQUIRE(run.status == 0);
    for (const Staged& part : {amd, arm}) {
        CHECK_FALSE(stage.has(part.tag));
        CHECK_FALSE(stage.has(part.top));
        CHECK(stage.has(part.image));
        CHECK(stage.has(part.attestation));
    }
    CHECK(run.log.contains("2 tags removed"));
}

TEST_CASE(
    "parts that are handed on by digest are merged, whatever somebody pushed under their tags and labels") {
    Stage stage;
    const Staged amd = stage.stage({.architecture = "amd64"});
    const Staged arm = stage.stage({.architecture = "arm64", .attested = false});
    const std::string parts = stage.store.host() + "/acme/app@" + arm.top + "\n" + amd.top + "\n";
    // Somebody who may push moves a tag to an image of their own, with the labels of this run and commit.
    const Staged forged = stage.stage({.architecture = "amd64", .note = "forged"});
    REQUIRE(forged.tag == amd.tag);
    REQUIRE(forged.image != amd.image);
    const Run run = stage.merge({{"parts", parts}});
    INFO(run.log);
    REQUIRE(run.status == 0);
    CHECK(listed(stage.manifest("latest")) == Digests{amd.image, arm.image, amd.attestation});
    // The convenient way takes what the tag holds: names prove nothing.
    CHECK(listed(stage.manifest("latest")) != Digests{forged.image, arm.image, forged.attestation});
    const Run again = stage.merge({{"parts", parts}});
    CHECK(again.outputs.at("digest") == run.outputs.at("digest"));
    REQUIRE(stage.merge().status == 0);
    CHECK(listed(stage.manifest("latest")) == Digests{forged.image, arm.image, forged.attestation});
}

TEST_CASE("a part that is not there, is for another platform, or was built by another run is not merged") {
    Stage stage;
    const Staged amd = stage.stage({.architecture = "amd64"});
    const auto [spec, said] = GENERATE(table<PartSpec, std::string>({
        {{.architecture = "s390x"}, "none of the 2 parts is for linux/arm64"},
        {{.architecture = "amd64", .note = "another"}, "Two parts for one platform"},
        {{.architecture = "arm64", .run = "16"}, "was built by run 16, and this is run 17"},
        {{.architecture = "arm64", .commit = std::string(40, 'c')}, "was built for commit ccc"},
    }));
    const Staged other = stage.stage(spec);
    Run run = stage.merge({{"parts", amd.top + "\n" + other.top}});
    CHECK(run.status == 1);
    CHECK(run.log.contains(said));
    run = stage.merge({{"parts", amd.top + "\nsha256:" + std::string(64, '9')}});
    CHECK(run.status == 1);
    CHECK(run.log.contains("Part not found"));
    CHECK_FALSE(stage.has("latest"));
}

TEST_CASE("where deleting is not allowed the image is complete, and one warning says what remains") {
    Stage stage(false);
    const Staged amd = stage.stage({.architecture = "amd64"});
    stage.stage({.architecture = "arm64"});
    const Run run = stage.merge();
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(listed(stage.manifest("latest")).size() == 4);
    CHECK(stage.has(amd.tag));
    const std::size_t warned = run.log.find("Staging tags not removed");
    REQUIRE(warned != std::string::npos);
    CHECK(run.log.find("Staging tags not removed", warned + 1) == std::string::npos);
}

TEST_CASE("a merge that is run again ends the same, whatever of it was done already") {
    Stage stage;
    const Staged amd = stage.stage({.architecture = "amd64"});
    stage.stage({.architecture = "arm64"});
    const std::string digest = stage.merge().outputs.at("digest");
    REQUIRE_FALSE(stage.has(amd.tag));
    CHECK(stage.merge().outputs.at("digest") == digest);
    // One of the jobs ran again as well.
    stage.stage({.architecture = "amd64"});
    const Run run = stage.merge();
    INFO(run.log);
    CHECK(run.outputs.at("digest") == digest);
    CHECK_FALSE(stage.has(amd.tag));
}

TEST_CASE("what is not whole, or not of one run and one commit, is not merged") {
    const auto [other, said] = GENERATE(table<PartSpec, std::string>({
        {{.architecture = "s390x"}, "Platform missing"},
        {{.architecture = "arm64", .run = "16"}, "was built by run 16, and this is run 17"},
        {{.architecture = "arm64", .commit = std::string(40, 'c')}, "was built for commit ccc"},
    }));
    Stage stage;
    const Staged amd = stage.stage({.architecture = "amd64"});
    stage.stage(other);
    const Run run = stage.merge();
    CHECK(run.status == 1);
    CHECK(run.log.contains(said));
    CHECK_FALSE(stage.has("latest"));
    CHECK(stage.has(amd.tag));
}

TEST_CASE("what another run has merged is not taken for this run's parts") {
    Stage stage;
    stage.stage({.architecture = "amd64"});
    stage.stage({.architecture = "arm64"});
    REQUIRE(stage.merge().status == 0);
    stage.variables["GITHUB_RUN_ID"] = "18";
    const Run run = stage.merge();
    CHECK(run.status == 1);
    CHECK(run.log.contains("run 18 has left no image for linux/amd64"));
}

TEST_CASE("without a push there is nothing to merge, and the run succeeds and says why") {
    Stage stage;
    const Run run = stage.merge({{"push", "false"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.outputs.at("strategy") == "fallback");
    CHECK(run.outputs.at("pushed") == "false");
    CHECK_FALSE(stage.has("latest"));
}

TEST_CASE("at GitHub the staging tags go through the Packages API, off the images that stay") {
    const bool attested = GENERATE(true, false);
    CAPTURE(attested);
    MergeWorld world;
    fakes::PackageServer server;
    server.api().add_account("acme", "Organization");
    server.api().add_token("ghs_good", {});
    world.variables["GITHUB_API_URL"] = server.api_url();
    const text::Timestamp now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const Shelf shelf{.put_blob = [&](const std::string& bytes) { return server.put_blob(bytes); },
                      .put_manifest =
                          [&](const std::string& tag, const std::string& type, const std::string& bytes) {
                              return server.push("acme/app", tag, type, bytes, now);
                          }};
    const Staged amd = stage(shelf, {.architecture = "amd64", .attested = attested});
    const Staged arm = stage(shelf, {.architecture = "arm64", .attested = attested});
    const Run run = world.run({{"registry", server.host()},
                               {"token", "ghs_good"},
                               {"cleanup-backend", "github"},
                               {"probe", "false"}});
    INFO(run.log);
    REQUIRE(run.status == 0);
    CHECK_FALSE(run.log.contains("not removed"));
    CHECK(server.api().tags("acme/app") == std::vector<std::string>{"latest", "main", "sha-bbbbbbb"});
    CHECK(server.whole("acme/app", "latest"));
    CHECK(server.api().has("acme/app", amd.top) != attested);
    CHECK(server.api().has("acme/app", arm.image));
}
