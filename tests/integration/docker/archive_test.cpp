// What a real engine does with image archives that were made to deceive it: nothing.
#include "docker/image_archive.hpp"
#include "docker/load_image.hpp"
#include "fakes/run_coroutine.hpp"
#include "support/child_process.hpp"
#include "support/docker_images.hpp"
#include "support/files.hpp"
#include "support/image_archive.hpp"
#include "text/sha256.hpp"
#include "unit/docker/read_archive.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace pr_image;
using support::blob_path;
using support::describe;
using support::ImageArchive;

namespace {

const std::string kName = "localhost/pr-image-test/archive:pr-7";
const std::string kVictim = "docker.io/library/victim:latest";

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

/// The engine, whose images are looked at with docker itself.
struct RealEngine {
    RealEngine() {
        if (variable("PR_IMAGE_TEST_DOCKER").empty()) SKIP("tests/engine/with-engine starts no engine here");
        clean();
    }
    ~RealEngine() { clean(); }
    RealEngine(const RealEngine&) = delete;
    RealEngine& operator=(const RealEngine&) = delete;

    static void clean() {
        for (const std::string& name : {kName, kVictim})
            support::try_run({variable("PR_IMAGE_TEST_DOCKER"), "image", "rm", "--force", name});
    }

    static std::set<std::string> images() { return support::docker_images(variable("PR_IMAGE_TEST_DOCKER")); }

    /// What `command: pull` does with an archive, short of the names.
    Result<std::string> load(const std::string& archive) {
        const Result<docker::VerifiedImage> image = test::read_archive(folder, archive, 1 << 20U, {kName});
        if (!image) return std::unexpected(image.error());
        return fakes::run_coroutine(context, docker::load_image(engine, *image));
    }

    test::Folder folder;
    boost::asio::io_context context;
    docker::Engine engine =
        docker::Engine::at(context.get_executor(), {{"DOCKER_HOST", variable("DOCKER_HOST")}}).value();
};

}  // namespace

TEST_CASE(
    "an image is loaded under no name, is the one that was proven, and takes the name that it is given") {
    RealEngine real;
    const std::set<std::string> before = RealEngine::images();
    const ImageArchive archive(kName, R"({"a":"1"})");
    const std::string old =
        support::TarWriter()
            .file("abc/layer.tar", archive.layer)
            .file("config.json", archive.config)
            .file("manifest.json",
                  fmt::format(R"([{{"Config":"config.json","RepoTags":["{}"],"Layers":["abc/layer.tar"]}}])",
                              kName))
            .finish();
    for (const std::string& tar : {archive.tar(), old}) {
        const Result<std::string> id = real.load(tar);
        INFO((id ? "" : to_string(id.error())));
        REQUIRE(id);
        const auto held = fakes::run_coroutine(real.context, real.engine.inspect(*id)).value();
        REQUIRE(held);
        CHECK(held->id == *id);
        CHECK(held->names.empty());
        CHECK(held->labels.at("a") == "1");
        REQUIRE(fakes::run_coroutine(real.context, real.engine.tag(*id, Reference::parse(kName).value())));
        const auto named = fakes::run_coroutine(real.context, real.engine.inspect(kName)).value();
        REQUIRE(named);
        CHECK(named->id == *id);
        // Once more, while it has a name already.
        CHECK(real.load(tar) == *id);
        RealEngine::clean();
        const auto gone = fakes::run_coroutine(real.context, real.engine.inspect(*id)).value();
        if (gone) CHECK(fakes::run_coroutine(real.context, real.engine.remove(*id)) == true);
        CHECK(RealEngine::images() == before);
    }
}

TEST_CASE("no archive that is refused moves a tag, leaves an image or keeps the engine waiting") {
    RealEngine real;
    // The tag that an archive would like to have.
    support::write_file(real.folder.path("victim.tar"), ImageArchive(kVictim, R"({"victim":"mine"})").tar());
    support::run({variable("PR_IMAGE_TEST_DOCKER"), "load", "--input", real.folder.path("victim.tar")});
    const std::set<std::string> before = RealEngine::images();
    REQUIRE(std::ranges::any_of(before,
                                [](const std::string& one) { return one.starts_with("victim:latest "); }));

    const auto zeros = [](std::size_t blocks) { return std::string(blocks * 512, '\0'); };
    const std::string foreign = ImageArchive(kVictim).tar();
    const auto changed = [](const std::function<void(ImageArchive&)>& change) {
        ImageArchive archive(kName);
        change(archive);
        return archive.tar();
    };
    struct Row {
        std::string what, archive;
    };
    const std::vector<Row> rows{
        {"a foreign name", foreign},
        {"a foreign name and 4 MB of zeros", foreign + zeros(8'000)},
        {"a foreign name and 9 MB of zeros", foreign + zeros(18'000)},
        {"a foreign name, 9 MB of zeros and a good archive",
         foreign + zeros(18'000) + ImageArchive(kName).tar()},
        {"its own name and 9 MB of zeros", ImageArchive(kName).tar() + zeros(18'000)},
        {"a good archive and a foreign one", ImageArchive(kName).tar() + foreign},
        {"a foreign name in repositories", changed([](ImageArchive& archive) {
             archive.more.emplace_back("repositories", R"({"victim":{"latest":"x"}})");
         })},
        {"names before blobs",
         [] {
             const ImageArchive archive(kVictim);
             return support::TarWriter()
                 .file("manifest.json", archive.manifest_json)
                 .file("index.json", archive.index_json)
                 .file("oci-layout", archive.layout)
                 .file(blob_path(archive.manifest), archive.manifest)
                 .file(blob_path(archive.config), archive.config)
                 .file(blob_path(archive.layer), archive.layer)
                 .finish();
         }()},
        {"a foreign name under another case", changed([](ImageArchive& archive) {
             archive.manifest_json.insert(2, R"("repotags":["victim:latest"],)");
         })},
        {"an end that is missing", ImageArchive(kVictim).writer().unfinished()},
        {"a layer that is missing", changed([](ImageArchive& archive) { archive.layer = "another"; })},
        {"a layer that is no tar", changed([](ImageArchive& archive) {
             archive.layer = "this is no layer";
             archive.config = support::image_config("amd64", "{}", {archive.layer});
             archive.make_manifest().make_index().make_manifest_json();
         })},
        {"a layer whose content is another than the configuration says", changed([](ImageArchive& archive) {
             // A gzip of no bytes. The engine does not look at a layer that it has unpacked before.
             archive.layer = std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0", 20);
             archive.config = support::image_config("amd64", "{}", {"a layer that no engine has"});
             archive.manifest =
                 fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})",
                             ImageArchive::kManifest, describe(ImageArchive::kConfig, archive.config),
                             describe(std::string(ImageArchive::kLayer) + "+gzip", archive.layer));
             archive.make_index().make_manifest_json();
         })},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const auto began = std::chrono::steady_clock::now();
        const Result<std::string> id = real.load(row.archive);
        CHECK_FALSE(id);
        CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(20));
        CHECK(RealEngine::images() == before);
    }
}
