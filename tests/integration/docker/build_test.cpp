// The docker module with the buildx and the engine that tests/engine/with-engine gives.
#include "docker/build.hpp"

#include "docker/build_argv.hpp"
#include "docker/builder.hpp"
#include "docker/buildx.hpp"
#include "docker/credentials.hpp"
#include "fakes/results_service.hpp"
#include "process/private_directory.hpp"
#include "support/child_process.hpp"
#include "support/docker_registry.hpp"
#include "text/strings.hpp"
#include "unit/folder.hpp"
#include "unit/process/run_command.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using namespace pr_image;

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

/// A workspace, a plan for it, and what carrying it out takes.
struct Rig {
    test::Folder workspace;
    process::PrivateDirectory directory = process::PrivateDirectory::create("").value();
    docker::Variables own{
        {"PATH", "/usr/bin:/bin"}, {"HOME", workspace.path("home")}, {"DOCKER_HOST", host()}};
    docker::Buildx buildx{.program = {variable("PR_IMAGE_TEST_BUILDX")}, .version = {}, .standalone = true};
    plan::Plan plan;
    docker::BuildFiles files{.metadata = directory.path() + "/metadata.json", .secrets = {}};
    std::vector<std::string> shown;
    std::string interrupt_at;
    boost::asio::io_context loop;
    process::Interruption interruption{loop.get_executor()};

    Rig() {
        plan.builder = {.driver = plan::Driver::docker, .name = "default", .why = {}};
        plan.build.context = {workspace.path()};
        plan.build.file = {workspace.path("Dockerfile")};
    }

    static std::string host() {
        if (variable("PR_IMAGE_TEST_BUILDX").empty()) SKIP("tests/engine/with-engine starts no engine here");
        return variable("DOCKER_HOST");
    }

    std::chrono::milliseconds cache_export_patience = docker::kCacheExportPatience;
    std::vector<std::string> granted;  ///< variables for buildx, besides

    [[nodiscard]] std::vector<std::string> environment() const {
        return docker::buildx_environment(own,
                                          {.config = directory.path(),
                                           .temporary = directory.path(),
                                           .builders = docker::builders_folder(own)},
                                          {.ssh_agent = false, .variables = granted});
    }

    docker::BuildResult build() {
        docker::BuildCommand command{.argv = buildx.program,
                                     .environment = environment(),
                                     .directory = workspace.path(),
                                     .metadata_file = files.metadata,
                                     .cache_export_patience = cache_export_patience};
        for (std::string& argument : docker::build_arguments(plan, files))
            command.argv.push_back(argument);
        Result<docker::BuildResult> result = docker::BuildResult{};
        test::on_loop(loop, [&]() -> boost::asio::awaitable<void> {
            result = co_await docker::run_build(
                command,
                [this](std::string_view line) {
                    shown.emplace_back(line);
                    const bool wanted =
                        !interrupt_at.empty() && line.find(interrupt_at) != std::string_view::npos;
                    if (wanted && !interruption.signal()) interruption.raise(SIGTERM);
                },
                &interruption);
        });
        INFO(log());
        if (!result) FAIL(text::to_string(result.error()));
        return *std::move(result);
    }

    [[nodiscard]] std::string log() const { return text::join(shown, "\n"); }
    [[nodiscard]] bool showed(std::string_view part) const { return log().find(part) != std::string::npos; }
};

std::string unique_tag(const std::string& name) {
    return "integration.test/" + name + ":" + std::to_string(::getpid());
}

constexpr const char* kUser = "builder";
constexpr const char* kPassword = "hunter2";
constexpr const char* kHtpasswd = "builder:$2y$05$abcdefghijklmnopqrstuuoXuKqgZXLiJqzfmMXDDhSFPIvxV7t8.\n";

}  // namespace

TEST_CASE(
    "a plan is built by the real buildx, with a secret that only the step sees, and lands in the engine") {
    Rig rig;
    rig.workspace.write("Dockerfile",
                        "FROM busybox:stable as Base\n"
                        "RUN --mount=type=secret,id=token sha256sum < /run/secrets/token\n"
                        "RUN env | sort\n");
    rig.plan.tags = {Reference::parse(unique_tag("secret")).value()};
    rig.plan.labels = {{"org.example.note", "a, b \"c\"\nd"}};
    rig.plan.outputs.load = true;
    rig.plan.build.secrets = {{.id = "token", .value = plan::Secret("hunter2"), .file = {}}};
    rig.files.secrets["token"] = rig.directory.write_file("secret-0", "hunter2").value();

    const docker::BuildResult result = rig.build();
    INFO(rig.log());
    REQUIRE(result.exit.ok());
    CHECK(result.metadata.digest);
    CHECK(result.steps.steps == 2);
    CHECK(rig.showed("f52fbd32b2b3b86ff88ef6c490628285f482af15ddcb29541f94bcf526a3f6c7"));
    CHECK_FALSE(rig.showed("hunter2"));
    CHECK_FALSE(rig.showed("DOCKER_CONFIG"));
    REQUIRE_FALSE(result.checks.empty());
    CHECK(docker::dockerfile_path(result.checks.front().file, rig.plan.build, rig.workspace.path()) ==
          "Dockerfile");
    const auto inspected =
        support::run({variable("PR_IMAGE_TEST_DOCKER"), "image", "inspect", "--format",
                      "{{index .Config.Labels \"org.example.note\"}}", rig.plan.tags.front().string()});
    CHECK(inspected.out == "a, b \"c\"\nd\n");

    const docker::BuildResult again = rig.build();
    CHECK(again.steps.cached == 2);
}

TEST_CASE("a step that fails is named with its place and its words") {
    Rig rig;
    rig.workspace.write("Dockerfile",
                        "FROM busybox:stable\nRUN echo first\nRUN echo about to fail; exit 3\n");
    const docker::BuildResult result = rig.build();
    INFO(rig.log());
    REQUIRE(result.failure);
    CHECK(result.exit.code == 1);
    CHECK(result.failure->kind == docker::FailureKind::step);
    CHECK(result.failure->reason == "exit code: 3");
    CHECK(result.failure->step == "[3/3] RUN echo about to fail; exit 3");
    CHECK(result.failure->file == "Dockerfile");
    CHECK(result.failure->line == 3);
    CHECK(result.failure->last_lines == std::vector<std::string>{"about to fail"});
}

TEST_CASE("a signal in the middle of a step ends the build") {
    Rig rig;
    rig.workspace.write("Dockerfile", "FROM busybox:stable\nRUN echo asleep; sleep 1000\n");
    rig.plan.build.no_cache = true;
    rig.interrupt_at = " asleep";
    const docker::BuildResult result = rig.build();
    INFO(rig.log());
    CHECK_FALSE(result.exit.ok());
    CHECK(result.exit.signal == 0);
    REQUIRE(result.failure);
    CHECK(result.failure->kind == docker::FailureKind::interrupted);
    CHECK(rig.showed("CANCELED"));
}

TEST_CASE("a push uses this run's credentials, and without them the error asks for them") {
    Rig rig;
    const support::DockerRegistry registry(support::DockerRegistry::Options{.auth = {.htpasswd = kHtpasswd}});
    rig.workspace.write("Dockerfile", "FROM busybox:stable\n");
    rig.plan.tags = {Reference::parse(registry.host() + "/acme/app:pr-1-abc").value()};
    rig.plan.outputs.registry = true;

    const docker::BuildResult refused = rig.build();
    REQUIRE(refused.failure);
    INFO(refused.failure->reason);
    CHECK(refused.failure->kind == docker::FailureKind::push);
    CHECK(docker::to_error(*refused.failure).fix.find("credentials") != std::string::npos);

    REQUIRE(docker::write_config(rig.directory, {{registry.host(), kUser, plan::Secret(kPassword)}}));
    const docker::BuildResult pushed = rig.build();
    INFO(rig.log());
    REQUIRE(pushed.exit.ok());
    CHECK(pushed.metadata.digest);
    CHECK(pushed.metadata.names == rig.plan.tags.front().string());
}

TEST_CASE("a cache export that makes no progress is given up, and what was pushed before it is known") {
    Rig rig;
    const support::DockerRegistry registry;
    fakes::ResultsService results;
    results.add_fault({.method = "PUT", .target = "/blobs/", .times = -1, .status = 500});
    rig.granted = {
        "ACTIONS_RESULTS_URL=" + results.url(), "ACTIONS_CACHE_SERVICE_V2=true",
        "ACTIONS_RUNTIME_TOKEN=" + fakes::ResultsService::token({.cache = {{"refs/heads/main", 3}}})};
    rig.cache_export_patience = std::chrono::seconds(3);
    rig.workspace.write("Dockerfile", "FROM busybox:stable\nCOPY Dockerfile /\n");
    rig.plan.tags = {Reference::parse(registry.host() + "/acme/app:pr-1-abc").value()};
    rig.plan.outputs.registry = true;
    rig.plan.cache_to = {{.direction = plan::CacheDirection::to,
                          .type = plan::CacheType::gha,
                          .attributes = {{"scope", "a"}, {"mode", "max"}, {"ignore-error", "true"}}}};
    const docker::BuildResult result = rig.build();
    INFO(rig.log());
    REQUIRE(result.failure);
    CHECK(result.failure->kind == docker::FailureKind::cache_export);
    CHECK(result.failure->reason == "the cache was written without any progress for 3s");
    CHECK(result.pushed.contains(rig.plan.tags.front().string()));
}

TEST_CASE("the real buildx makes a builder whose record is read back") {
    Rig rig;
    const plan::Builder builder{.driver = plan::Driver::docker_container,
                                .name = "pr-image-test",
                                .why = {},
                                .driver_opts = {{"network", "host"}}};
    const std::string list = docker::builders_folder(rig.own);
    test::on_loop(rig.loop, [&]() -> boost::asio::awaitable<void> {
        const auto made =
            co_await docker::ensure_builder(builder, rig.buildx, rig.environment(), list, nullptr);
        if (!made) FAIL(text::to_string(made.error()));
        const auto again =
            co_await docker::ensure_builder(builder, rig.buildx, rig.environment(), list, nullptr);
        CHECK(again);
        const auto driver =
            co_await docker::builder_driver(rig.buildx, rig.environment(), "", "pr-image-test");
        CHECK(driver.value_or("") == "docker-container");
        const auto none = co_await docker::builder_driver(rig.buildx, rig.environment(), list, "nobody");
        CHECK_FALSE(none);
    });
    CHECK(docker::recorded_driver(list, "pr-image-test") == "docker-container");
}

TEST_CASE("the real buildx makes one builder of several nodes") {
    Rig rig;
    plan::Builder builder{.driver = plan::Driver::remote, .name = "pr-image-nodes", .why = {}};
    builder.driver_opts = {{"default-load", "true"}};
    builder.nodes = {
        {.platforms = {"linux/amd64", "linux/386"}, .endpoint = "tcp://127.0.0.1:1", .driver_opts = {}},
        {.platforms = {"linux/arm64"},
         .endpoint = "tcp://127.0.0.1:2",
         .driver_opts = {{"key", "/k"}, {"cert", "/c"}, {"cacert", "/a"}}}};
    Result<void> ready;
    test::on_loop(rig.loop, [&]() -> boost::asio::awaitable<void> {
        ready = co_await docker::ensure_builder(builder, rig.buildx, rig.environment(),
                                                docker::builders_folder(rig.own), nullptr);
    });
    if (!ready) FAIL(text::to_string(ready.error()));
    const std::string record = rig.workspace.read("home/.docker/buildx/instances/pr-image-nodes");
    CAPTURE(record);
    CHECK(record.contains(R"("Driver":"remote")"));
    const std::size_t second = record.find(R"("Name":"pr-image-nodes1","Endpoint":"tcp://127.0.0.1:2")");
    REQUIRE(second != std::string::npos);
    CHECK(record.substr(0, second).contains(R"("architecture":"386")"));
    CHECK_FALSE(record.substr(0, second).contains("arm64"));
    CHECK(record.substr(second).contains(R"("architecture":"arm64")"));
    CHECK(record.substr(second).contains(R"("cacert":"/a","cert":"/c","default-load":"true","key":"/k")"));
}

TEST_CASE("the real buildx says its version") {
    Rig rig;
    rig.own["DOCKER_CONFIG"] = variable("DOCKER_CONFIG");
    test::on_loop(rig.loop, [&]() -> boost::asio::awaitable<void> {
        const auto found = co_await docker::find_buildx(rig.own);
        if (!found) FAIL(text::to_string(found.error()));
        CHECK(std::ranges::count(found->version, '.') == 2);
        CHECK(found->standalone);
    });
}
