#include "docker/engine.hpp"
#include "fakes/http_server.hpp"
#include "fakes/run_coroutine.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using docker::ContainerEnd;
using docker::Engine;
using fakes::Reply;
using fakes::Seen;
using Strings = std::vector<std::string>;

namespace {

/// An engine on a Unix socket that has one image and runs it as it is told.
struct World {
    Reply start{.status = 204};
    Reply wait{.body = R"({"StatusCode":0})"};
    support::TemporaryFolder folder;
    std::string socket = (folder.path() / "engine.sock").string();
    boost::asio::io_context context;
    fakes::HttpServer server{[this](const Seen& seen) {
                                 if (seen.target == "/containers/create")
                                     return Reply{.status = 201, .body = R"({"Id":"c1","Warnings":[]})"};
                                 if (seen.target == "/containers/c1/start") return start;
                                 if (seen.target == "/containers/c1/wait") return wait;
                                 if (seen.target.starts_with("/containers/c1/logs"))
                                     return Reply{.body = "installing: arm64 OK\r\n"};
                                 return Reply{.status = seen.method == "DELETE" ? 204 : 404};
                             },
                             {.unix_socket = socket}};
    Engine engine = Engine::at(context.get_executor(), {{"DOCKER_HOST", "unix://" + socket}}).value();

    Result<ContainerEnd> run() {
        return fakes::run_coroutine(context, engine.run_privileged("i@sha256:1", {"--install", "arm64"}));
    }
    [[nodiscard]] Strings asked() const {
        Strings all;
        for (const Seen& seen : server.requests())
            all.push_back(seen.method + " " + seen.target);
        return all;
    }
};

}  // namespace

TEST_CASE("a privileged container is made, run to its end, read and removed") {
    World world;
    const Result<ContainerEnd> end = world.run();
    REQUIRE(end);
    CHECK(end->status == 0);
    CHECK(end->said == "installing: arm64 OK\r\n");
    CHECK(world.asked() == Strings{"POST /containers/create", "POST /containers/c1/start",
                                   "POST /containers/c1/wait", "GET /containers/c1/logs?stdout=1&stderr=1",
                                   "DELETE /containers/c1?force=1"});
    const auto made = boost::json::parse(world.server.requests().front().body);
    CHECK(made.at("Image") == "i@sha256:1");
    CHECK(boost::json::serialize(made.at("Cmd")) == R"(["--install","arm64"])");
    CHECK(made.at("HostConfig").at("Privileged") == true);
    CHECK(made.at("HostConfig").at("NetworkMode") == "none");
}

TEST_CASE("a container that fails says so by its status, and is removed") {
    World world;
    world.wait.body = R"({"StatusCode":3})";
    CHECK(world.run()->status == 3);
    CHECK(world.asked().back() == "DELETE /containers/c1?force=1");
}

TEST_CASE("a container that the engine does not start is an error in its words, and is removed") {
    World world;
    world.start = {.status = 400, .body = R"({"message":"privileged mode is not allowed"})"};
    const Result<ContainerEnd> end = world.run();
    REQUIRE_FALSE(end);
    CHECK(end.error().why == "privileged mode is not allowed");
    CHECK(world.asked().back() == "DELETE /containers/c1?force=1");
}
