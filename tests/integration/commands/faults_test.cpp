// What can go wrong between buildx, this program and a registry, done for real: buildx and engine of
// tests/engine/with-engine, and a docker-registry behind a proxy that fails as it is told.

#include "integration/commands/build_world.hpp"
#include "support/http_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using commands::BuildWorld;
using commands::Run;
using fakes::Fault;
using Kind = fakes::Fault::Kind;

namespace {

std::string oci_error(const std::string& code, const std::string& message) {
    return R"({"errors":[{"code":")" + code + R"(","message":")" + message + R"("}]})";
}

void check_success(BuildWorld& world, const Run& run) {
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.errors() == 0);
    CHECK(run.outputs.at("pushed") == "true");
    CHECK(run.outputs.at("digest").starts_with("sha256:"));
    CHECK(world.left().empty());
    CHECK(support::http_request("127.0.0.1", world.registry.port(), "HEAD",
                                "/v2/acme/app/manifests/" + BuildWorld::tag(),
                                {{"Accept", "application/vnd.oci.image.index.v1+json"}})
              .status == 200);
}

void check_failure(BuildWorld& world, const Run& run) {
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.errors() == 1);
    CHECK(world.left().empty());
}

}  // namespace

TEST_CASE("a fault that passes while the image is pushed costs a second, not the job") {
    BuildWorld world;
    const std::vector<Fault> faults{
        {.method = "PUT",
         .target = "/manifests/",
         .times = 8,
         .status = 429,
         .body = oci_error("TOOMANYREQUESTS", "slow")},
        {.method = "PUT", .target = "/manifests/", .times = 8, .status = 408},
        {.method = "PUT",
         .target = "/blobs/uploads/",
         .status = 404,
         .body = oci_error("BLOB_UPLOAD_UNKNOWN", "blob upload unknown")},
        {.method = "PUT",
         .target = "/blobs/uploads/",
         .status = 400,
         .body = oci_error("BLOB_UPLOAD_INVALID", "blob upload invalid")},
        {.method = "PUT",
         .target = "/manifests/",
         .status = 404,
         .body = oci_error("BLOB_UNKNOWN", "blob unknown")},
    };
    for (const Fault& fault : faults) {
        CAPTURE(fault.method, fault.target, fault.status, fault.body);
        world.change();
        world.proxy.faults.add(fault);
        const std::size_t before = world.proxy.faults.injected();
        const Run run = world.run();
        CHECK(world.proxy.faults.injected() > before);
        check_success(world, run);
        CHECK(run.retries() == 1);
        CHECK(run.count("Nothing is built again") == 1);
        world.proxy.faults.clear();
    }
}

TEST_CASE("what another attempt would meet again ends the run at once, with one error") {
    BuildWorld world;
    struct Row {
        std::string dockerfile;
        std::vector<Fault> faults;
        std::string reason;
    };
    const std::vector<Row> rows{
        {"FROM busybox:stable\nRUN echo read: connection reset by peer; echo 503 Service Unavailable; exit "
         "7\n",
         {},
         "exit code: 7"},
        {"FROM busybox:stable\nCOPY connection-reset /\n", {}, "not found"},
        {"FROM busybox:stable\nRAN echo\n", {}, "unknown instruction"},
        {"FROM busybox:stable\nCOPY change /2\n",
         {{.method = "PUT",
           .target = "/manifests/",
           .times = -1,
           .status = 403,
           .body = oci_error("DENIED", "permission_denied: write_package")}},
         "denied"},
        {"FROM " + world.proxy.host() + "/acme/base:1\n", {}, "not found"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.dockerfile);
        world.write("Dockerfile", row.dockerfile);
        for (const Fault& fault : row.faults)
            world.proxy.faults.add(fault);
        const Run run = world.run();
        check_failure(world, run);
        CHECK(run.retries() == 0);
        CHECK(run.count(row.reason) > 0);
        world.proxy.faults.clear();
    }
}

TEST_CASE("a registry that stays broken ends the run with one error after the last attempt") {
    BuildWorld world;
    world.write("Dockerfile", "FROM " + world.proxy.host() + "/acme/base:1\n");
    world.proxy.faults.add({.target = "/acme/base/manifests/", .times = -1, .status = 503});
    const Run run = world.run({{"attempts", "3"}});
    check_failure(world, run);
    CHECK(run.retries() == 2);
    CHECK(run.count("after 3 attempts") == 1);
}
