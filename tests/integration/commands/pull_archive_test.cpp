// `command: pull` of an artifact with a real engine, and artifacts that were made to deceive it.

#include "fakes/results_service.hpp"
#include "integration/commands/build_world.hpp"
#include "plan/handover/artifact.hpp"
#include "support/child_process.hpp"
#include "support/docker_images.hpp"
#include "support/files.hpp"
#include "support/image_archive.hpp"
#include "unit/github/artifacts/zip_writer.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace pr_image;
using commands::BuildWorld;
using commands::Run;
using support::ImageArchive;

namespace {

const std::string kVictim = "docker.io/library/victim:latest";
const std::string kAs = "pr-image-test-pulled:latest";

std::string labels(char commit) {
    return fmt::format(R"({{"dev.pr-image.head-sha":"{}"}})", std::string(40, commit));
}

/// A pull request's later job, on a machine that has images of its own.
class PullWorld : public BuildWorld {
  public:
    PullWorld() {
        variables["ACTIONS_RESULTS_URL"] = results.url();
        variables["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token({});
        for (const std::string& mine : {kVictim, name()}) {
            write("mine.tar", ImageArchive(mine, R"({"mine":"yes"})").tar());
            docker({"load", "--input", (workspace() / "mine.tar").string()});
        }
    }
    ~PullWorld() {
        for (const std::string& image : {kVictim, name(), kAs})
            support::try_run({variable("PR_IMAGE_TEST_DOCKER"), "image", "rm", "--force", image});
    }
    PullWorld(const PullWorld&) = delete;
    PullWorld& operator=(const PullWorld&) = delete;

    static std::string docker(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), variable("PR_IMAGE_TEST_DOCKER"));
        return support::run(arguments).out;
    }
    static std::set<std::string> images() { return support::docker_images(variable("PR_IMAGE_TEST_DOCKER")); }

    [[nodiscard]] std::string name() const { return image() + ":" + tag(); }

    void store(const std::string& content, bool zip) {
        const std::string stored =
            zip ? test::ZipWriter().add({.name = "x.tar", .content = content}).finish() : content;
        results.with_artifacts([&](fakes::ArtifactService& service) {
            service.add({.job = "builder"}, plan::artifact_name(Reference::parse(name()).value()), stored,
                        zip ? "application/zip" : "application/x-tar");
        });
    }

    Run pull() { return run({{"command", "pull"}, {"handover", "artifact"}, {"as", kAs}}); }

    fakes::ResultsService results;
};

}  // namespace

TEST_CASE("an artifact, raw or zipped, becomes the image that was built, under the names that are wanted") {
    for (const bool zip : {false, true}) {
        CAPTURE(zip);
        PullWorld world;
        world.store(ImageArchive(world.name(), labels('a')).tar() + std::string(8192, '\0'), zip);
        const Run run = world.pull();
        INFO(run.log);
        REQUIRE(run.status == 0);
        CHECK(run.outputs.at("source") == "artifact");
        for (const std::string& name : {world.name(), kAs})
            CHECK(PullWorld::docker({"image", "inspect", "--format", "{{.Id}}", name}) ==
                  run.outputs.at("imageid") + "\n");
        CHECK(PullWorld::docker({"image", "inspect", "--format", "{{.Config.Labels.mine}}", kVictim}) ==
              "yes\n");
        CHECK(world.left().empty());
    }
}

TEST_CASE("the artifact of an image that was built here, or saved from the engine, is pulled") {
    PullWorld world;
    world.check_out(std::string(40, 'b'));
    const auto pulled = [&] {
        world.docker({"image", "rm", "--force", world.name()});
        const Run run = world.pull();
        INFO(run.log);
        REQUIRE(run.status == 0);
        CHECK(run.outputs.at("source") == "artifact");
        CHECK(PullWorld::docker({"image", "inspect", "--format", "{{.Id}}", kAs}) ==
              run.outputs.at("imageid") + "\n");
        CHECK(PullWorld::docker({"run", "--rm", kAs, "cat", "/change"}) ==
              support::read_file(world.workspace() / "change"));
    };
    const Run built = world.run({{"cache", "none"}, {"artifact", "always"}});
    INFO(built.log);
    REQUIRE(built.status == 0);
    pulled();
    const Run reused = world.run({{"cache", "none"}, {"artifact", "always"}, {"reuse", "true"}});
    INFO(reused.log);
    REQUIRE(reused.status == 0);
    CHECK(reused.count("reused=true") == 1);
    pulled();
}

TEST_CASE("an artifact that is not the image that is wanted moves no tag and ends in time, raw or zipped") {
    const auto zeros = [](std::size_t blocks) { return std::string(blocks * 512, '\0'); };
    struct Row {
        std::string what;
        std::function<std::string(const std::string& name)> archive;
        std::string why;
    };
    const std::vector<Row> rows{
        {"a foreign name", [](const std::string&) { return ImageArchive(kVictim, labels('a')).tar(); },
         "would name an image"},
        {"a foreign name and 9 MB of zeros",
         [&](const std::string&) { return ImageArchive(kVictim, labels('a')).tar() + zeros(18'000); },
         "more follows"},
        {"a foreign name and 4 MB of zeros",
         [&](const std::string&) { return ImageArchive(kVictim, labels('a')).tar() + zeros(8'000); },
         "more follows"},
        {"its own name and 9 MB of zeros",
         [&](const std::string& name) { return ImageArchive(name, labels('a')).tar() + zeros(18'000); },
         "more follows"},
        {"another commit", [](const std::string& name) { return ImageArchive(name, labels('f')).tar(); },
         "it was built for commit ffff"},
        {"no commit", [](const std::string& name) { return ImageArchive(name).tar(); }, "no label"},
        {"another platform",
         [](const std::string& name) {
             ImageArchive archive(name, labels('a'));
             archive.config = support::image_config("s390x", labels('a'), {archive.layer});
             return archive.make_manifest().make_index().make_manifest_json().tar();
         },
         "linux/s390x"},
        {"a foreign name in repositories",
         [](const std::string& name) {
             ImageArchive archive(name, labels('a'));
             archive.more.emplace_back("repositories", R"({"victim":{"latest":"x"}})");
             return archive.tar();
         },
         "would name an image"},
        {"a layer that no engine unpacks",
         [](const std::string& name) {
             ImageArchive archive(name, labels('a'));
             archive.layer = "this is no layer";
             archive.config = support::image_config("amd64", labels('a'), {archive.layer});
             return archive.make_manifest().make_index().make_manifest_json().tar();
         },
         "Cannot load the image"},
    };
    for (const bool zip : {false, true}) {
        for (const Row& row : rows) {
            CAPTURE(row.what, zip);
            PullWorld world;
            const std::set<std::string> before = PullWorld::images();
            world.store(row.archive(world.name()), zip);
            const Run run = world.pull();
            INFO(run.log);
            CHECK(run.status == 1);
            CHECK(run.errors() == 1);
            CHECK(run.log.contains(row.why));
            CHECK_FALSE(run.outputs.contains("imageid"));
            CHECK(run.took < std::chrono::seconds(30));
            CHECK(PullWorld::images() == before);
            CHECK(world.left().empty());
        }
    }
}
