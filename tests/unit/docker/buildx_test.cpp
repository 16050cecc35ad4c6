#include "docker/buildx.hpp"

#include "unit/folder.hpp"
#include "unit/process/run_command.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

using namespace pr_image;
using docker::Buildx;
using docker::Variables;
using test::Folder;

namespace {

void write_program(const Folder& folder, const std::string& name, const std::string& version) {
    folder.write(name, "#!/bin/sh\n[ \"$*\" = version ] || [ \"$*\" = 'buildx version' ] || exit 9\necho '" +
                           version + "'\n");
    std::filesystem::permissions(folder.path(name), std::filesystem::perms::owner_all);
}

Result<Buildx> find(const Variables& own, const std::string& root = {}) {
    Result<Buildx> found = Buildx{};
    boost::asio::io_context loop;
    test::on_loop(loop,
                  [&]() -> boost::asio::awaitable<void> { found = co_await docker::find_buildx(own, root); });
    return found;
}

bool system_has_buildx() {
    return std::filesystem::exists("/usr/libexec/docker/cli-plugins/docker-buildx") ||
           std::filesystem::exists("/usr/lib/docker/cli-plugins/docker-buildx") ||
           std::filesystem::exists("/usr/local/lib/docker/cli-plugins/docker-buildx") ||
           std::filesystem::exists("/usr/local/libexec/docker/cli-plugins/docker-buildx");
}

}  // namespace

TEST_CASE("the plugin in docker's configuration comes first, with the version beside it") {
    const Folder folder;
    write_program(folder, "config/cli-plugins/docker-buildx", "wrong 9.9.9");
    folder.write("config/cli-plugins/docker-buildx.version", "0.29.1\n");
    write_program(folder, "bin/docker", "wrong 9.9.9");
    const auto found = find({{"DOCKER_CONFIG", folder.path("config")}, {"PATH", folder.path("bin")}});
    REQUIRE(found);
    CHECK(found->program == std::vector{folder.path("config/cli-plugins/docker-buildx")});
    CHECK(found->version == "0.29.1");
    CHECK(found->standalone);
}

TEST_CASE("the image's own buildx comes before every one that an earlier step could have written") {
    const Folder folder;
    const std::string own = GENERATE("usr/libexec", "usr/lib", "usr/local/lib", "usr/local/libexec");
    write_program(folder, own + "/docker/cli-plugins/docker-buildx", "wrong 9.9.9");
    folder.write(own + "/docker/cli-plugins/docker-buildx.version", "0.36.1\n");
    for (const std::string name :
         {"home/.docker/cli-plugins/docker-buildx", "config/cli-plugins/docker-buildx", "bin/docker-buildx",
          "bin/buildx", "bin/docker"}) {
        write_program(folder, name, "github.com/docker/buildx v9.9.9 x");
        folder.write(name + ".version", "9.9.9\n");
    }
    for (const Variables& variables :
         {Variables{{"HOME", folder.path("home")}, {"PATH", folder.path("bin")}},
          Variables{{"HOME", folder.path("home")}, {"DOCKER_CONFIG", folder.path("config")}}}) {
        const auto found = find(variables, folder.path());
        REQUIRE(found);
        CHECK(found->program == std::vector{folder.path(own + "/docker/cli-plugins/docker-buildx")});
        CHECK(found->version == "0.36.1");
        CHECK(found->standalone);
    }
}

TEST_CASE("a machine's buildx, which no version stands beside, comes after the user's, as docker has it") {
    const Folder folder;
    write_program(folder, "usr/libexec/docker/cli-plugins/docker-buildx",
                  "github.com/docker/buildx v0.17.0 x");
    const Variables own{{"HOME", folder.path("home")}};
    CHECK(find(own, folder.path())->version == "0.17.0");
    write_program(folder, "home/.docker/cli-plugins/docker-buildx", "github.com/docker/buildx v0.30.0 x");
    CHECK(find(own, folder.path())->version == "0.30.0");
    // A version without its program is none.
    folder.write("usr/lib/docker/cli-plugins/docker-buildx.version", "0.1.0");
    CHECK(find(own, folder.path())->version == "0.30.0");
}

TEST_CASE("only the builder that the workflow names is looked up where other steps can write") {
    const Variables own{{"HOME", "/github/home"}};
    plan::Builder builder{.driver = plan::Driver::docker, .name = "default", .why = {}};
    CHECK(docker::builders_for(builder, own, "/dev/shm/p") == "/dev/shm/p/buildx");
    builder = {.driver = plan::Driver::docker_container, .name = "pr-image-docker-container", .why = {}};
    CHECK(docker::builders_for(builder, own, "/dev/shm/p") == "/dev/shm/p/buildx");
    builder.existing = true;
    CHECK(docker::builders_for(builder, own, "/dev/shm/p") == "/github/home/.docker/buildx");
}

TEST_CASE("without a version file the program is asked") {
    const Folder folder;
    write_program(folder, ".docker/cli-plugins/docker-buildx", "github.com/docker/buildx v0.21.2 1360a9e8");
    const auto found = find({{"HOME", folder.path()}});
    REQUIRE(found);
    CHECK(found->version == "0.21.2");
}

TEST_CASE("buildx is found on PATH, and docker buildx where only that is there") {
    if (system_has_buildx()) SKIP("this machine has buildx where it is looked for before PATH");
    const Folder folder;
    write_program(folder, "bin/docker", "github.com/docker/buildx v0.22.0 x");
    const auto docker = find({{"PATH", "relative:" + folder.path("bin")}});
    REQUIRE(docker);
    CHECK(docker->program == std::vector<std::string>{folder.path("bin/docker"), "buildx"});
    CHECK_FALSE(docker->standalone);
    CHECK(docker->version == "0.22.0");
    write_program(folder, "bin/buildx", "github.com/docker/buildx v0.23.0 x");
    const auto buildx = find({{"PATH", folder.path("bin")}});
    REQUIRE(buildx);
    CHECK(buildx->program == std::vector{folder.path("bin/buildx")});
    CHECK(buildx->standalone);
    CHECK_FALSE(find({{"PATH", "/nowhere"}}));
    CHECK_FALSE(find({}));
}

TEST_CASE("a version is read from what the programs print") {
    CHECK(docker::version_of("github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4") == "0.29.1");
    CHECK(docker::version_of("github.com/docker/buildx v0.17.1 257815a\n") == "0.17.1");
    CHECK(docker::version_of("v0.20.0-rc1") == "0.20.0");
    CHECK(docker::version_of("none").empty());
    CHECK(docker::version_of("").empty());
}

TEST_CASE("the builders' list stays where the user has it") {
    CHECK(docker::builders_folder({{"BUILDX_CONFIG", "/b"}, {"HOME", "/h"}}) == "/b");
    CHECK(docker::builders_folder({{"DOCKER_CONFIG", "/c"}, {"HOME", "/h"}}) == "/c/buildx");
    CHECK(docker::builders_folder({{"HOME", "/github/home"}}) == "/github/home/.docker/buildx");
    CHECK(docker::builders_folder({}).empty());
}

TEST_CASE("buildx is given the way to the engine and nothing that is secret") {
    const Variables own{{"PATH", "/usr/bin"},
                        {"HOME", "/github/home"},
                        {"DOCKER_HOST", "unix:///var/run/docker.sock"},
                        {"https_proxy", "http://proxy:3128"},
                        {"SSL_CERT_FILE", "/certs.pem"},
                        {"DOCKER_CONFIG", "/root/.docker"},
                        {"BUILDX_CONFIG", "/x"},
                        {"TMPDIR", "/tmp"},
                        {"GITHUB_TOKEN", "secret"},
                        {"INPUT_TOKEN", "secret"},
                        {"INPUT_PASSWORD", "secret"},
                        {"ACTIONS_RUNTIME_TOKEN", "secret"},
                        {"ACTIONS_RESULTS_URL", "https://results"},
                        {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"},
                        {"DOCKER_AUTH_CONFIG", "secret"},
                        {"AWS_SECRET_ACCESS_KEY", "secret"},
                        {"SSH_AUTH_SOCK", "/agent"},
                        {"BUILDKIT_HOST", "tcp://elsewhere"},
                        {"OTEL_EXPORTER_OTLP_HEADERS", "secret"}};
    const docker::BuildxFolders folders{
        .config = "/dev/shm/p", .temporary = "/dev/shm/p/tmp", .builders = "/b"};
    const auto environment = docker::buildx_environment(own, folders, {});
    CHECK(environment == std::vector<std::string>{
                             "PATH=/usr/bin",
                             "HOME=/github/home",
                             "DOCKER_HOST=unix:///var/run/docker.sock",
                             "https_proxy=http://proxy:3128",
                             "SSL_CERT_FILE=/certs.pem",
                             "DOCKER_CONFIG=/dev/shm/p",
                             "BUILDX_CONFIG=/b",
                             "TMPDIR=/dev/shm/p/tmp",
                             "BUILDX_METADATA_PROVENANCE=disabled",
                             "BUILDX_GIT_INFO=false",
                         });
}

TEST_CASE("a grant adds what it names and no more") {
    const Variables own{{"SSH_AUTH_SOCK", "/agent"}, {"ACTIONS_RUNTIME_TOKEN", "secret"}};
    const auto without = docker::buildx_environment(own, {}, {});
    const auto granted = docker::buildx_environment(
        own, {}, {.ssh_agent = true, .variables = {"ACTIONS_RESULTS_URL=https://r"}});
    std::vector<std::string> added;
    std::ranges::copy_if(granted, std::back_inserter(added), [&](const std::string& entry) {
        return std::ranges::find(without, entry) == without.end();
    });
    CHECK(added == std::vector<std::string>{"SSH_AUTH_SOCK=/agent", "ACTIONS_RESULTS_URL=https://r"});
}
