#include "docker/load_image.hpp"

#include "fakes/http_server.hpp"
#include "support/image_archive.hpp"
#include "support/simple_tar.hpp"
#include "text/sha256.hpp"
#include "unit/docker/read_archive.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

using namespace pr_image;
using Catch::Matchers::ContainsSubstring;
using support::ImageArchive;
using test::kImageName;

namespace {

/// An engine that answers as it is told, and an image for it.
struct Scripted {
    const ImageArchive archive{kImageName};
    const std::string target = text::sha256(archive.manifest).string();
    const std::string config = text::sha256(archive.config).string();
    const test::Folder folder;
    const docker::VerifiedImage image = test::read_archive(folder, archive.tar()).value();

    std::string load_answer;  ///< the stream that ends the load
    std::string held = "{}";  ///< what it says of an image that is asked for; empty: there is none
    std::vector<fakes::Seen> seen;
    fakes::HttpServer server{[this](const fakes::Seen& request) -> fakes::Reply {
                                 seen.push_back(request);
                                 if (request.target.contains("/images/load")) return {.body = load_answer};
                                 if (request.method == "DELETE") return {.body = "[]"};
                                 if (held.empty()) return {.status = 404, .body = "{}"};
                                 return {.body = held};
                             },
                             fakes::ServerOptions{.unix_socket = folder.path("engine.sock")}};
    boost::asio::io_context context;
    docker::Engine engine =
        docker::Engine::at(context.get_executor(), {{"DOCKER_HOST", "unix://" + folder.path("engine.sock")}})
            .value();

    Result<std::string> load() { return fakes::run_coroutine(context, docker::load_image(engine, image)); }

    [[nodiscard]] std::vector<std::string> removed() const {
        std::vector<std::string> targets;
        for (const fakes::Seen& request : seen) {
            if (request.method == "DELETE") targets.push_back(request.target);
        }
        return targets;
    }
};

std::string says(const std::string& text) {
    return fmt::format("{{\"stream\":\"{}\\n\"}}\n", text);
}

}  // namespace

TEST_CASE(
    "an image is loaded without a name, and known by its index's, manifest's or configuration's digest") {
    Scripted engine;
    for (const std::string& id : {engine.target, engine.config}) {
        engine.seen.clear();
        engine.load_answer = says("Loaded image ID: " + id);
        CHECK(engine.load() == id);
        REQUIRE(engine.seen.size() == 1);
        const support::SimpleTar sent(engine.seen.front().body);
        CHECK_FALSE(engine.seen.front().body.contains("pr-7"));
        CHECK(sent.files.size() == 6);
    }
}

TEST_CASE("an engine that has loaded anything else than that image is an error") {
    Scripted engine;
    for (const std::string& answer :
         {says("Loaded image: victim:latest"), says("Loaded image ID: sha256:" + std::string(64, 'f')),
          says("Loaded image ID: " + engine.target) + says("Loaded image: victim:latest")}) {
        CAPTURE(answer);
        engine.load_answer = answer;
        const auto loaded = engine.load();
        REQUIRE_FALSE(loaded);
        CHECK_THAT(loaded.error().why, ContainsSubstring("and not " + engine.target));
    }
    engine.load_answer = "";
    CHECK_FALSE(engine.load());
}

TEST_CASE("what the engine could not unpack is removed again, unless somebody else has a name for it") {
    struct Row {
        std::string held;
        bool removed;
    };
    for (const Row& row :
         std::vector<Row>{{R"({"Id":"x","RepoTags":[],"RepoDigests":[]})", true},
                          {R"({"Id":"x","RepoTags":["app:1"],"RepoDigests":[]})", false},
                          {R"({"Id":"x","RepoTags":[],"RepoDigests":["app@sha256:x"]})", false},
                          {"", false}}) {
        CAPTURE(row.held);
        Scripted engine;
        engine.held = row.held;
        engine.load_answer = says("Loaded image ID: " + engine.target) +
                             says("Error unpacking image " + engine.target + ": wrong diff id");
        const auto loaded = engine.load();
        REQUIRE_FALSE(loaded);
        CHECK_THAT(loaded.error().why, ContainsSubstring("wrong diff id"));
        CHECK(engine.removed() ==
              (row.removed ? std::vector{"/images/" + engine.target} : std::vector<std::string>{}));
    }
}

TEST_CASE("an engine that ends the connection before it has read the image is an error at once") {
    const test::Folder folder;
    fakes::HttpServer server([](const fakes::Seen&) -> fakes::Reply { return {.status = 404, .body = "{}"}; },
                             fakes::ServerOptions{.unix_socket = folder.path("engine.sock"),
                                                  .accept_body = [](const fakes::Seen& head) {
                                                      return head.target.find("/images/load") ==
                                                             std::string::npos;
                                                  }});
    boost::asio::io_context context;
    docker::Engine engine =
        docker::Engine::at(context.get_executor(), {{"DOCKER_HOST", "unix://" + folder.path("engine.sock")}})
            .value();
    ImageArchive archive(kImageName);
    archive.layer = support::TarWriter().file("large", std::string(20'000'000, 'x')).finish();
    archive.config = support::image_config("amd64", "{}", {archive.layer});
    const auto image =
        test::read_archive(folder, archive.make_manifest().make_index().make_manifest_json().tar()).value();
    const auto began = std::chrono::steady_clock::now();
    CHECK_FALSE(fakes::run_coroutine(context, docker::load_image(engine, image)));
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(10));
}
