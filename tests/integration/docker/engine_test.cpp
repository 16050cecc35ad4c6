// The engine's API on the engine that tests/engine/with-engine gives.
#include "docker/engine.hpp"

#include "fakes/run_coroutine.hpp"
#include "support/docker_registry.hpp"
#include "support/tiny_image.hpp"
#include "text/base64.hpp"
#include "text/sha256.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
namespace asio = boost::asio;
using docker::Engine;
using docker::LocalImage;
using support::DockerRegistry;
using support::TinyImage;

namespace {

std::string docker_host() {
    const char* host = std::getenv("DOCKER_HOST");
    if (host == nullptr || *host == '\0') SKIP("tests/engine/with-engine starts no engine here");
    return host;
}

struct World {
    asio::io_context context;
    Engine engine = Engine::at(context.get_executor(), {{"DOCKER_HOST", docker_host()}}).value();

    template <typename T>
    T run(asio::awaitable<T> coroutine) {
        return fakes::run_coroutine(context, std::move(coroutine));
    }
};

http::Source source_of(std::string data) {
    auto bytes = std::make_shared<const std::string>(std::move(data));
    auto at = std::make_shared<std::size_t>(0);
    return {.size = bytes->size(),
            .read = [bytes, at](std::span<char> buffer) -> asio::awaitable<Result<std::size_t>> {
                const std::size_t size = std::min(buffer.size(), bytes->size() - *at);
                std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(*at), size, buffer.begin());
                *at += size;
                co_return size;
            },
            .rewind = {}};
}

Reference reference(const std::string& text) {
    return Reference::parse(text).value();
}

}  // namespace

TEST_CASE("the engine says what it is") {
    World world;
    const Result<docker::EngineInfo> info = world.run(world.engine.info());
    REQUIRE(info);
    CHECK_FALSE(info->version.empty());
    CHECK(info->api_version.starts_with("1."));
    CHECK(info->os == "linux");
    CHECK(info->containerd_image_store);
}

TEST_CASE("an image is loaded, looked up, named and removed") {
    World world;
    const TinyImage image("engine-load");
    const std::string first = "localhost/pr-image-test/load:1";
    const std::string second = "localhost/pr-image-test/load:2";
    const Result<std::vector<std::string>> loaded =
        world.run(world.engine.load(source_of(image.docker_tar({first}))));
    REQUIRE(loaded);
    CHECK(*loaded == std::vector<std::string>{first});

    const Result<std::optional<LocalImage>> found = world.run(world.engine.inspect(first));
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->labels.at("dev.pr-image.test") == "engine-load");
    CHECK((*found)->os == "linux");
    CHECK((*found)->architecture == "amd64");

    REQUIRE(world.run(world.engine.tag(first, reference(second))));
    const Result<std::optional<LocalImage>> again = world.run(world.engine.inspect(second));
    REQUIRE(again);
    CHECK((*again)->id == (*found)->id);

    CHECK(world.run(world.engine.remove(first)) == true);
    CHECK(world.run(world.engine.remove(second)) == true);
    CHECK(world.run(world.engine.remove(second)) == false);
    CHECK_FALSE(world.run(world.engine.inspect((*found)->id))->has_value());
}

TEST_CASE("an image that is saved is the one that was loaded, under the name it is asked for") {
    World world;
    const TinyImage image("engine-save");
    const std::string name = "localhost/pr-image-test/save:1";
    REQUIRE(world.run(world.engine.load(source_of(image.docker_tar({name})))));
    const std::string id = (*world.run(world.engine.inspect(name)))->id;

    std::string tar;
    http::Sink sink;
    sink.write = [&tar](std::string_view piece) -> asio::awaitable<Result<void>> {
        tar += piece;
        co_return Result<void>();
    };
    REQUIRE(world.run(world.engine.save(reference(name), sink)));
    CHECK(world.run(world.engine.remove(name)) == true);
    const Result<std::vector<std::string>> again = world.run(world.engine.load(source_of(tar)));
    REQUIRE(again);
    CHECK(*again == std::vector<std::string>{name});
    CHECK((*world.run(world.engine.inspect(name)))->id == id);
    CHECK(world.run(world.engine.remove(name)) == true);
    CHECK_FALSE(world.run(world.engine.save(reference(name), sink)));
}

TEST_CASE("a tar that is none is refused") {
    World world;
    CHECK_FALSE(world.run(world.engine.load(source_of(std::string(4096, 'x')))));
}

TEST_CASE("an image is pulled with its credential, by tag and by digest, and not without") {
    const DockerRegistry server({.auth = {.htpasswd = support::htpasswd_line("octocat", "secret")}});
    const TinyImage image("engine-pull");
    image.push(server.port(), "acme/app", "t",
               {{"Authorization", "Basic " + text::base64_encode("octocat:secret")}});
    const std::string digest = text::sha256(image.manifest).string();
    const std::string by_tag = server.host() + "/acme/app:t";
    const std::string by_digest = server.host() + "/acme/app@" + digest;
    World world;

    const Result<void> refused = world.run(world.engine.pull(reference(by_tag), std::nullopt));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.contains(by_tag));

    std::vector<std::string> steps;
    const docker::PullCredential credential{"octocat", "secret"};
    const auto see = [&](const docker::EngineProgress& progress) { steps.push_back(progress.status); };
    REQUIRE(world.run(world.engine.pull(reference(by_tag), credential, "linux/amd64", see)));
    CHECK_FALSE(steps.empty());
    REQUIRE(world.run(world.engine.pull(reference(by_digest), credential)));
    const Result<std::optional<LocalImage>> found = world.run(world.engine.inspect(by_digest));
    REQUIRE(found);
    REQUIRE(*found);
    CHECK(std::ranges::find((*found)->digests, by_digest) != (*found)->digests.end());
    CHECK((*found)->labels.at("dev.pr-image.test") == "engine-pull");

    CHECK_FALSE(world.run(world.engine.pull(reference(server.host() + "/acme/app:none"), credential)));
    CHECK(world.run(world.engine.remove(by_tag)) == true);
}

TEST_CASE("a container that is not there is no error") {
    World world;
    const auto container = world.run(world.engine.inspect_container("pr-image-test-nobody"));
    REQUIRE(container);
    CHECK_FALSE(*container);
}

TEST_CASE("a privileged container runs to its end with all rights, says what it printed, and is gone") {
    World world;
    const auto end =
        world.run(world.engine.run_privileged("busybox:stable", {"grep", "CapEff", "/proc/self/status"}));
    REQUIRE(end);
    CHECK(end->status == 0);
    // CAP_SYS_ADMIN and CAP_MKNOD: what an ordinary container has is a80425fb.
    CHECK(end->said.contains("CapEff:"));
    CHECK_FALSE(end->said.contains("a80425fb"));
    const auto failed = world.run(world.engine.run_privileged("busybox:stable", {"ls", "/nonexistent"}));
    REQUIRE(failed);
    CHECK(failed->status == 1);
    CHECK(failed->said.contains("/nonexistent"));
    const auto missing = world.run(world.engine.run_privileged("busybox:stable", {"/nonexistent"}));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().why.contains("/nonexistent"));
}
