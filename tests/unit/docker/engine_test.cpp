#include "docker/engine.hpp"

#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "support/temporary_folder.hpp"
#include "text/base64.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
namespace asio = boost::asio;
using docker::Engine;
using docker::EngineInfo;
using docker::LocalImage;
using fakes::HttpServer;
using fakes::Reply;
using fakes::Seen;

namespace {

// An engine on a Unix socket that answers as it is told.
struct World {
    support::TemporaryFolder folder;
    std::string socket = (folder.path() / "engine.sock").string();
    HttpServer server;
    asio::io_context context;
    Engine engine;

    explicit World(HttpServer::Handler handler)
        : server(std::move(handler), {.unix_socket = socket}),
          engine(Engine::at(context.get_executor(), {{"DOCKER_HOST", "unix://" + socket}}).value()) {}
    explicit World(const Reply& reply) : World([reply](const Seen&) { return reply; }) {}

    template <typename T>
    T run(asio::awaitable<T> coroutine) {
        return fakes::run_coroutine(context, std::move(coroutine));
    }
    [[nodiscard]] Seen seen() const { return server.requests().back(); }
};

Reference reference(const std::string& text) {
    return Reference::parse(text).value();
}

http::Source source_of(const std::string& data) {
    auto left = std::make_shared<std::string>(data);
    return {.size = data.size(),
            .read = [left](std::span<char> buffer) -> asio::awaitable<Result<std::size_t>> {
                const std::size_t size = std::min(buffer.size(), left->size());
                std::copy_n(left->begin(), size, buffer.begin());
                left->erase(0, size);
                co_return size;
            },
            .rewind = {}};
}

constexpr const char* kInfo = R"({"ServerVersion":"28.5.2","OSType":"linux","Architecture":"x86_64",
    "Driver":"overlayfs","DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]})";
constexpr const char* kClassicInfo = R"({"ServerVersion":"27.0.0","OSType":"linux","Architecture":"aarch64",
    "Driver":"overlay2","DriverStatus":[["Backing Filesystem","extfs"],["driver-type"],7,null]})";

}  // namespace

TEST_CASE("one request tells what the engine is") {
    World modern(Reply{.headers = {{"Api-Version", "1.51"}}, .body = kInfo});
    const Result<EngineInfo> info = modern.run(modern.engine.info());
    REQUIRE(info);
    CHECK(info->version == "28.5.2");
    CHECK(info->api_version == "1.51");
    CHECK(info->os == "linux");
    CHECK(info->architecture == "amd64");
    CHECK(info->containerd_image_store);
    CHECK(modern.server.requests().size() == 1);
    CHECK(modern.seen().target == "/info");

    World classic(Reply{.body = kClassicInfo});
    const Result<EngineInfo> older = classic.run(classic.engine.info());
    CHECK(older->architecture == "arm64");
    CHECK_FALSE(older->containerd_image_store);
}

TEST_CASE("the machine's name becomes an image's architecture") {
    const auto [machine, architecture] = GENERATE(table<std::string, std::string>({
        {"x86_64", "amd64"},
        {"aarch64", "arm64"},
        {"armv7l", "arm"},
        {"i686", "386"},
        {"s390x", "s390x"},
        {"ppc64le", "ppc64le"},
        {"riscv64", "riscv64"},
    }));
    CHECK(docker::image_architecture(machine) == architecture);
}

TEST_CASE("an image is looked up by name, and none is no error") {
    World world([](const Seen& seen) {
        if (seen.target.contains("missing"))
            return Reply{.status = 404, .body = R"({"message":"No such image"})"};
        return Reply{.body =
                         R"({"Id":"sha256:1","RepoTags":["app:1"],"RepoDigests":["app@sha256:2"],"Os":"linux",
            "Architecture":"arm","Variant":"v7","Config":{"Labels":{"a":"b"}}})"};
    });
    const Result<std::optional<LocalImage>> image =
        world.run(world.engine.inspect("localhost:5000/acme/app:1"));
    REQUIRE(image);
    REQUIRE(*image);
    CHECK((*image)->id == "sha256:1");
    CHECK((*image)->names == std::vector<std::string>{"app:1"});
    CHECK((*image)->digests == std::vector<std::string>{"app@sha256:2"});
    CHECK((*image)->variant == "v7");
    CHECK((*image)->labels.at("a") == "b");
    CHECK(world.seen().target == "/images/localhost:5000/acme/app:1/json");
    CHECK_FALSE(world.run(world.engine.inspect("missing"))->has_value());
}

TEST_CASE("a hostile image name stays one part of the path") {
    World world(Reply{.status = 404});
    REQUIRE(world.run(world.engine.inspect("a/json?x=1#y\r\nX: z")));
    CHECK(world.seen().target == "/images/a/json%3Fx%3D1%23y%0D%0AX:%20z/json");
}

TEST_CASE("an image without labels, names or a configuration has none") {
    World world(Reply{.body = R"({"Id":"sha256:1","RepoTags":null,"Config":{"Labels":null}})"});
    const Result<std::optional<LocalImage>> image = world.run(world.engine.inspect("x"));
    REQUIRE(image);
    CHECK((*image)->names.empty());
    CHECK((*image)->labels.empty());
}

TEST_CASE("a name is given and taken away") {
    World world([](const Seen& seen) {
        if (seen.method == "POST") return Reply{.status = 201};
        return Reply{.status = seen.target == "/images/app:gone" ? 404 : 200, .body = "[]"};
    });
    REQUIRE(world.run(world.engine.tag("sha256:1", reference("ghcr.io/acme/app:2"))));
    CHECK(world.seen().target == "/images/sha256:1/tag?repo=ghcr.io%2Facme%2Fapp&tag=2");
    CHECK(world.run(world.engine.remove("app:1")) == true);
    CHECK(world.run(world.engine.remove("app:gone")) == false);
    const std::string digest = "sha256:" + std::string(64, 'a');
    CHECK_FALSE(world.run(world.engine.tag("x", reference("ghcr.io/acme/app@" + digest))));
}

TEST_CASE("what the engine refuses is told in its words, printable") {
    World world(Reply{.status = 409, .body = R"({"message":"conflict:\n::error::in use"})"});
    const Result<bool> removed = world.run(world.engine.remove("app:1"));
    REQUIRE_FALSE(removed);
    CHECK(removed.error().what.contains("app:1"));
    CHECK(removed.error().why == "conflict:\\x0a::error::in use");
}

TEST_CASE("a load streams the tar and gives what it held") {
    World world(Reply{
        .body = "{\"stream\":\"Loaded image: app:1\\n\"}\n{\"stream\":\"Loaded image ID: sha256:2\\n\"}\n"});
    const std::string tar(300'000, 't');
    const Result<std::vector<std::string>> loaded = world.run(world.engine.load(source_of(tar)));
    REQUIRE(loaded);
    CHECK(*loaded == std::vector<std::string>{"app:1", "sha256:2"});
    CHECK(world.seen().body == tar);
    CHECK(world.seen().header("Content-Type") == "application/x-tar");
    CHECK(world.seen().target == "/images/load?quiet=1");
}

TEST_CASE("a load that ends in an error, or holds nothing, is an error") {
    const std::string body =
        GENERATE("{\"errorDetail\":{\"message\":\"unexpected EOF\"},\"error\":\"unexpected EOF\"}\n", "");
    World world(Reply{.body = body});
    CHECK_FALSE(world.run(world.engine.load(source_of("x"))));
}

TEST_CASE("a pull names its image and hands over the credential for it") {
    World world(Reply{.body = "{\"status\":\"Pulling\",\"id\":\"x\"}\n"});
    std::vector<std::string> seen;
    const docker::PullCredential credential{"octocat", "secret+/"};
    const auto see = [&](const docker::EngineProgress& progress) { seen.push_back(progress.status); };
    REQUIRE(world.run(world.engine.pull(reference("nginx:1"), credential, "linux/arm64", see)));
    CHECK(world.seen().target ==
          "/images/create?fromImage=docker.io%2Flibrary%2Fnginx&tag=1&platform=linux%2Farm64");
    const boost::json::value auth =
        boost::json::parse(text::base64url_decode(world.seen().header("X-Registry-Auth")).value());
    CHECK(auth.at("username") == "octocat");
    CHECK(auth.at("password") == "secret+/");
    CHECK(auth.at("serveraddress") == "https://index.docker.io/v1/");
    CHECK(seen == std::vector<std::string>{"Pulling"});

    const std::string digest = "sha256:" + std::string(64, 'a');
    REQUIRE(world.run(world.engine.pull(reference("ghcr.io/a/b:t@" + digest), std::nullopt)));
    CHECK(world.seen().target ==
          "/images/create?fromImage=ghcr.io%2Fa%2Fb&tag=sha256%3A" + std::string(64, 'a'));
    CHECK(world.seen().header("X-Registry-Auth").empty());
}

TEST_CASE("a pull that the registry refuses is an error, before the stream and in it") {
    const auto [status, body] = GENERATE(table<int, std::string>({
        {404, R"({"message":"pull access denied"})"},
        {200, "{\"status\":\"Pulling\"}\n{\"error\":\"pull access denied\"}\n"},
    }));
    World world(Reply{.status = status, .body = body});
    const Result<void> pulled = world.run(world.engine.pull(reference("ghcr.io/a/b:t"), std::nullopt));
    REQUIRE_FALSE(pulled);
    CHECK(pulled.error().why.contains("pull access denied"));
}

TEST_CASE("a container is looked up") {
    World world([](const Seen& seen) {
        if (seen.target == "/containers/gone/json") return Reply{.status = 404};
        return Reply{.body = R"({"Id":"abc","Image":"sha256:1","State":{"Running":true}})"};
    });
    const auto container = world.run(world.engine.inspect_container("abc"));
    REQUIRE(container);
    CHECK((*container)->running);
    CHECK((*container)->image == "sha256:1");
    CHECK_FALSE(world.run(world.engine.inspect_container("gone"))->has_value());
}

TEST_CASE("an engine that is not there is an error that says where it was looked for") {
    asio::io_context context;
    Engine missing =
        Engine::at(context.get_executor(), {{"DOCKER_HOST", "unix:///nonexistent/docker.sock"}}).value();
    const Result<EngineInfo> info = fakes::run_coroutine(context, missing.info());
    REQUIRE_FALSE(info);
    CHECK(info.error().why == "unix:///nonexistent/docker.sock does not exist");
    CHECK(info.error().fix.contains("DOCKER_HOST"));
}

TEST_CASE("a socket that nobody listens on any more is told from one that is not there") {
    const support::TemporaryFolder folder;
    const std::string socket = (folder.path() / "dead.sock").string();
    {
        const HttpServer gone([](const Seen&) { return Reply{}; }, {.unix_socket = socket});
    }
    asio::io_context context;
    Engine dead = Engine::at(context.get_executor(), {{"DOCKER_HOST", "unix://" + socket}}).value();
    const Result<EngineInfo> info = fakes::run_coroutine(context, dead.info());
    REQUIRE_FALSE(info);
    CHECK(info.error().why.starts_with("nobody listens"));
}

TEST_CASE("an engine that answers nonsense is an error") {
    const std::string body = GENERATE("", "<html>", "{");
    World world(Reply{.body = body});
    CHECK_FALSE(world.run(world.engine.info()));
    CHECK_FALSE(world.run(world.engine.inspect("x")));
}
