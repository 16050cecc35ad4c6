#include "docker/build_argv.hpp"

#include "support/text_paths.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using Argv = std::vector<std::string>;

namespace {

const support::TextPaths kPaths("/github/workspace");

plan::Plan small_plan() {
    plan::Plan plan;
    plan.strategy = plan::Strategy::push;
    plan.builder = {.driver = plan::Driver::docker, .name = "default", .why = {}};
    plan.build.context = {"/github/workspace"};
    return plan;
}

/// The arguments between the builder's name and the machine's own flags.
Argv middle(const plan::Plan& plan) {
    const Argv all =
        docker::build_arguments(plan, {.metadata = "/p/m.json", .secrets = {{"npm", "/p/secret-0"}}});
    REQUIRE(all.size() >= 8);
    CHECK(Argv(all.begin(), all.begin() + 3) == Argv{"build", "--builder", plan.builder.name});
    CHECK(Argv(all.end() - 5, all.end()) ==
          Argv{"--metadata-file", "/p/m.json", "--progress", "rawjson", plan.build.context.text});
    return {all.begin() + 3, all.end() - 5};
}

}  // namespace

TEST_CASE("a whole plan becomes one argument vector, in one order") {
    plan::Plan plan = small_plan();
    plan.builder.name = "pr-image-docker-container";
    plan.tags = {Reference::parse("ghcr.io/acme/app:pr-7-abc").value(),
                 Reference::parse("ghcr.io/acme/app:latest").value()};
    plan.labels = {{"a", "1"}, {"org.opencontainers.image.title", "x, y \"z\" $(id)\nnext"}};
    plan.annotations = {"index:a=b"};
    plan.platforms = {"linux/amd64", "linux/arm64"};
    plan.cache_from = {{.type = plan::CacheType::gha, .attributes = {{"scope", "app-main"}}}};
    plan.cache_to = {{.direction = plan::CacheDirection::to,
                      .type = plan::CacheType::gha,
                      .attributes = {{"scope", "app-main"}, {"mode", "max"}, {"token", "a,b"}}}};
    plan.outputs = {.load = true,
                    .tar = "/github/runner_temp/image.tar",
                    .registry = true,
                    .given = {{.type = plan::OutputType::local,
                               .destination = kPaths.open("out", PathUse::output_folder).value()}}};
    plan.build.file = {"/github/workspace/docker/Dockerfile"};
    plan.build.target = "dev";
    plan.build.build_args = {"VERSION=1 2", "EMPTY="};
    plan.build.build_contexts = {{"base", {"docker-image://busybox"}}};
    plan.build.secrets = {{.id = "npm", .value = plan::Secret("hunter2"), .file = {}},
                          {.id = "file", .value = {}, .file = kPaths.open("a,b", PathUse::file).value()}};
    plan.build.ssh = {"default"};
    plan.build.no_cache = true;
    plan.build.pull = true;
    plan.build.no_cache_filters = {"deps", "app"};
    plan.build.add_hosts = {"docker:10.180.0.1"};
    plan.build.allow = {"network.host"};
    plan.build.call = "check";
    plan.build.cgroup_parent = "parent";
    plan.build.network = "host";
    plan.build.shm_size = "2g";
    plan.build.ulimits = {"nofile=1024:1024", "nproc=3"};
    plan.build.attests = {{.attributes = {{"mode", "max"}}}, {.type = plan::AttestationType::sbom}};
    CHECK(middle(plan) == Argv{"--file",          "/github/workspace/docker/Dockerfile",
                               "--target",        "dev",
                               "--platform",      "linux/amd64,linux/arm64",
                               "--tag",           "ghcr.io/acme/app:pr-7-abc",
                               "--tag",           "ghcr.io/acme/app:latest",
                               "--label",         "a=1",
                               "--label",         "org.opencontainers.image.title=x, y \"z\" $(id)\nnext",
                               "--annotation",    "index:a=b",
                               "--build-arg",     "VERSION=1 2",
                               "--build-arg",     "EMPTY=",
                               "--build-context", "base=docker-image://busybox",
                               "--cache-from",    "type=gha,scope=app-main",
                               "--cache-to",      "type=gha,scope=app-main,mode=max,\"token=a,b\"",
                               "--secret",        "id=npm,src=/p/secret-0",
                               "--secret",        "id=file,\"src=/github/workspace/a,b\"",
                               "--ssh",           "default",
                               "--no-cache",      "--pull",
                               "--add-host",      "docker:10.180.0.1",
                               "--allow",         "network.host",
                               "--call",          "check",
                               "--cgroup-parent", "parent",
                               "--network",       "host",
                               "--shm-size",      "2g",
                               "--ulimit",        "nofile=1024:1024",
                               "--ulimit",        "nproc=3",
                               "--attest",        "type=provenance,mode=max",
                               "--attest",        "type=sbom",
                               "--output",        "type=local,dest=/github/workspace/out",
                               "--output",        "type=docker,dest=/github/runner_temp/image.tar",
                               "--output",        "type=docker",
                               "--output",        "type=registry"});
}

TEST_CASE("what a plan does not ask for is not in the arguments") {
    CHECK(middle(small_plan()).empty());
}

TEST_CASE("each output is one exporter, the registry last") {
    struct Row {
        plan::Outputs outputs;
        Argv arguments;
    };
    const std::vector<Row> rows{
        {{.load = true}, {"--output", "type=docker"}},
        {{.registry = true}, {"--output", "type=registry"}},
        {{.tar = "/t/a \"b\".tar"}, {"--output", "type=docker,\"dest=/t/a \"\"b\"\".tar\""}},
        {{.load = true, .registry = true}, {"--output", "type=docker", "--output", "type=registry"}}};
    for (const Row& row : rows) {
        plan::Plan plan = small_plan();
        plan.outputs = row.outputs;
        CHECK(middle(plan) == row.arguments);
    }
}

TEST_CASE("the command to show is one that a person can type, and no secret's value is in either") {
    plan::Plan plan = small_plan();
    plan.build.secrets = {{.id = "npm", .value = plan::Secret("hunter2"), .file = {}}};
    CHECK(docker::typed_command(plan) == Argv{"docker", "buildx", "build", "--builder", "default", "--secret",
                                              "id=npm", "/github/workspace"});
    for (const std::string& argument : middle(plan))
        CHECK(argument.find("hunter2") == std::string::npos);
    plan.cache_to = {{.direction = plan::CacheDirection::to,
                      .type = plan::CacheType::gha,
                      .attributes = {{"token", "hunter3"}}}};
    CHECK(docker::typed_command(plan)[6] == "type=gha,token=***");
    CHECK(middle(plan)[1] == "type=gha,token=hunter3");
}
