#include "docker/builder.hpp"

#include "support/text_paths.hpp"
#include "unit/folder.hpp"
#include "unit/process/run_command.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace pr_image;
using docker::Buildx;
using plan::Builder;
using plan::Driver;
using test::Folder;
using Argv = std::vector<std::string>;
using Argvs = std::vector<Argv>;

namespace {

/// A buildx that writes down its arguments and answers as `script` says.
Buildx fake_buildx(const Folder& folder, const std::string& script) {
    folder.write("buildx",
                 "#!/bin/sh\nfor a; do echo \"$a\"; done >> " + folder.path("asked") + "\n" + script);
    std::filesystem::permissions(folder.path("buildx"), std::filesystem::perms::owner_all);
    return {.program = {folder.path("buildx")}, .version = "0.29.1", .standalone = true};
}

Result<void> ensure(const Builder& builder, const Buildx& buildx, const std::string& list) {
    Result<void> ensured;
    boost::asio::io_context loop;
    test::on_loop(loop, [&]() -> boost::asio::awaitable<void> {
        ensured = co_await docker::ensure_builder(builder, buildx, {}, list, nullptr);
    });
    return ensured;
}

Result<std::string> driver(const Buildx& buildx, const std::string& list, const std::string& name) {
    Result<std::string> found = std::string();
    boost::asio::io_context loop;
    test::on_loop(loop, [&]() -> boost::asio::awaitable<void> {
        found = co_await docker::builder_driver(buildx, {}, list, name);
    });
    return found;
}

const Builder kContainer{.driver = Driver::docker_container, .name = "pr-image-docker-container", .why = {}};

}  // namespace

TEST_CASE("a builder is made with its driver, options, configuration and endpoint") {
    Builder builder{.driver = Driver::remote, .name = "r", .why = {}};
    builder.driver_opts = {{"cacert", "/c a.pem"}, {"a", "b,c"}};
    builder.buildkitd_config = support::TextPaths("/w").open("buildkitd.toml", PathUse::file).value();
    builder.endpoint = "tcp://buildkit:1234";
    CHECK(docker::create_argvs(builder, {"docker", "buildx"}) ==
          Argvs{{"docker", "buildx", "create", "--name=r", "--driver=remote", "--driver-opt=cacert=/c a.pem",
                 "--driver-opt=\"a=b,c\"", "--buildkitd-config=/w/buildkitd.toml", "--",
                 "tcp://buildkit:1234"}});
    CHECK(docker::create_argvs(kContainer, {"b"}) ==
          Argvs{{"b", "create", "--name=pr-image-docker-container", "--driver=docker-container"}});
}

TEST_CASE("a builder of several nodes is made of the first, to which the others are appended") {
    Builder builder{.driver = Driver::remote, .name = "r", .why = {}};
    builder.driver_opts = {{"key", "/k"}};
    builder.nodes = {
        {.platforms = {"linux/amd64", "linux/386"}, .endpoint = "tcp://amd64:1234", .driver_opts = {}},
        {.platforms = {"linux/arm64"},
         .endpoint = "unix:///arm64.sock",
         .driver_opts = {{"cert", "/c"}, {"cacert", "/a"}}}};
    CHECK(docker::create_argvs(builder, {"b"}) ==
          Argvs{{"b", "create", "--name=r", "--node=r0", "--driver=remote",
                 "--platform=linux/amd64,linux/386", "--driver-opt=key=/k", "--", "tcp://amd64:1234"},
                {"b", "create", "--append", "--name=r", "--node=r1", "--driver=remote",
                 "--platform=linux/arm64", "--driver-opt=key=/k", "--driver-opt=cert=/c",
                 "--driver-opt=cacert=/a", "--", "unix:///arm64.sock"}});
    builder.driver = Driver::kubernetes;
    builder.driver_opts.clear();
    builder.buildkitd_config = support::TextPaths("/w").open("b.toml", PathUse::file).value();
    builder.nodes = {{.platforms = {"linux/arm64"},
                      .endpoint = {},
                      .driver_opts = {{"nodeselector", "kubernetes.io/arch=arm64"}}}};
    CHECK(docker::create_argvs(builder, {"b"}) ==
          Argvs{{"b", "create", "--name=r", "--node=r0", "--driver=kubernetes", "--platform=linux/arm64",
                 "--driver-opt=nodeselector=kubernetes.io/arch=arm64", "--buildkitd-config=/w/b.toml"}});
}

TEST_CASE("a builder of which one node cannot be had is taken away again") {
    const Folder folder;
    Builder builder{.driver = Driver::remote, .name = "r", .why = {}};
    builder.nodes = {{.platforms = {"linux/amd64"}, .endpoint = "tcp://a:1", .driver_opts = {}},
                     {.platforms = {"linux/arm64"}, .endpoint = "tcp://b:1", .driver_opts = {}},
                     {.platforms = {"linux/s390x"}, .endpoint = "tcp://c:1", .driver_opts = {}}};
    const auto ensured = ensure(
        builder, fake_buildx(folder, "case \"$*\" in *tcp://b*) echo 'ERROR: no route' >&2; exit 1;; esac\n"),
        "");
    REQUIRE_FALSE(ensured);
    CHECK(ensured.error().why == "no route");
    CHECK(folder.read("asked").ends_with("tcp://b:1\nrm\n--\nr\n"));
}

TEST_CASE("a builder is made once, and the engine's own and a named one never") {
    const Folder folder;
    const Buildx buildx = fake_buildx(folder, "exit 0\n");
    CHECK(ensure({.driver = Driver::docker, .name = "default", .why = {}}, buildx, folder.path("list")));
    Builder named = kContainer;
    named.existing = true;
    CHECK(ensure(named, buildx, folder.path("list")));
    CHECK_FALSE(std::filesystem::exists(folder.path("asked")));
    CHECK(ensure(kContainer, buildx, folder.path("list")));
    CHECK(folder.read("asked") == "create\n--name=pr-image-docker-container\n--driver=docker-container\n");
    folder.write("list/instances/pr-image-docker-container", R"({"Driver":"docker-container"})");
    CHECK(ensure(kContainer, fake_buildx(folder, "exit 9\n"), folder.path("list")));
}

TEST_CASE("a builder that cannot be made is an error in buildx's words") {
    const Folder folder;
    const auto ensured = ensure(
        kContainer, fake_buildx(folder, "echo 'ERROR: no such \033[1mdriver option' >&2; exit 1\n"), "");
    REQUIRE_FALSE(ensured);
    CHECK(ensured.error().what == "Cannot make the builder 'pr-image-docker-container'");
    CHECK(ensured.error().why == "no such driver option");
}

TEST_CASE("a builder's driver comes from its record, or from buildx") {
    const Folder folder;
    folder.write("list/instances/mine", R"({"Name":"mine","Driver":"kubernetes","Nodes":[]})");
    CHECK(driver(fake_buildx(folder, "exit 9\n"), folder.path("list"), "mine").value() == "kubernetes");
    CHECK(driver(fake_buildx(folder, "printf 'Name:   x\\nDriver:        docker-container\\n'\n"), "", "x")
              .value() == "docker-container");
    CHECK(folder.read("asked").ends_with("inspect\n--\nx\n"));
    const auto none =
        driver(fake_buildx(folder, "echo 'ERROR: no builder \"x\" found' >&2; exit 1\n"), "", "x");
    REQUIRE_FALSE(none);
    CHECK(none.error().what == "No builder 'x'");
    CHECK(none.error().why == "no builder \"x\" found");
}

TEST_CASE("the platforms of a builder are those of all its nodes") {
    CHECK(docker::inspected_platforms(
              "Name: x\n\nName:   x0\nPlatforms: linux/amd64*, linux/amd64/v2, linux/386\n"
              "Name:   x1\nPlatforms:   linux/arm64*\nPlatforms:\n") ==
          Argv{"linux/amd64", "linux/amd64/v2", "linux/386", "linux/arm64"});
    CHECK(docker::inspected_platforms("").empty());
}

TEST_CASE("a builder is started to be asked for its platforms") {
    const Folder folder;
    const Buildx buildx = fake_buildx(folder,
                                      "[ $4 = x ] && echo 'Platforms: linux/amd64' && exit 0\n"
                                      "echo 'ERROR: no such builder' >&2; exit 1\n");
    boost::asio::io_context loop;
    test::on_loop(loop, [&]() -> boost::asio::awaitable<void> {
        const auto platforms = co_await docker::builder_platforms(buildx, {}, "x", nullptr);
        CHECK(platforms == Argv{"linux/amd64"});
        const auto none = co_await docker::builder_platforms(buildx, {}, "y", nullptr);
        REQUIRE_FALSE(none);
        CHECK(none.error().why == "no such builder");
    });
    CHECK(folder.read("asked").starts_with("inspect\n--bootstrap\n--\nx\n"));
}

TEST_CASE("a name cannot lead out of the builders' list, and a damaged record is none") {
    const Folder folder;
    folder.write("list/instances/bad", "{");
    folder.write("list/instances/odd", R"({"Driver":7})");
    folder.write("outside", R"({"Driver":"docker"})");
    for (const std::string name : {"../../outside", "../outside", "", ".", "bad", "odd", "missing", "_x"}) {
        CAPTURE(name);
        CHECK_FALSE(docker::recorded_driver(folder.path("list"), name));
    }
    CHECK_FALSE(docker::recorded_driver("", "mine"));
}
