// What can go wrong between buildx, this program and a registry, done for real: buildx and engine of
// tests/engine/with-engine, and a docker-registry behind a proxy that fails as it is told.

#include "fakes/ghcr.hpp"
#include "fakes/results_service.hpp"
#include "fakes/socket_relay.hpp"
#include "integration/commands/build_world.hpp"
#include "support/child_process.hpp"
#include "support/http_client.hpp"
#include "support/tiny_image.hpp"
#include "text/sha256.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <sys/mount.h>
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

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// Puts an image whose layer no engine has into the registry, as acme/base:1.
void push_new_base(const BuildWorld& world) {
    constexpr std::size_t kContent = 512;  // behind the file's header
    static const std::string run =
        std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    static int count = 100;
    support::TinyImage image("base");
    const std::string layer = text::sha256(image.layer).string();
    const std::string config = text::sha256(image.config).string();
    const std::string unique = (std::to_string(++count) + run).substr(0, 12);
    image.layer.replace(kContent, unique.size(), unique);
    const std::string new_layer = text::sha256(image.layer).string();
    image.config = replaced(image.config, layer, new_layer);
    image.manifest =
        replaced(replaced(image.manifest, layer, new_layer), config, text::sha256(image.config).string());
    image.push(world.registry.port(), "acme/base", "1");
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

TEST_CASE("a fault that passes while the base image is fetched costs another attempt, not the job") {
    BuildWorld world;
    world.write("Dockerfile", "FROM " + world.proxy.host() + "/acme/base:1\nCOPY change /change\n");
    const std::string manifests = "/acme/base/manifests/";
    const std::string blobs = "/acme/base/blobs/";
    const std::vector<Fault> faults{
        {.target = manifests, .status = 408},
        {.target = manifests, .status = 503, .body = oci_error("UNAVAILABLE", "service unavailable")},
        {.target = manifests, .status = 504},
        {.target = manifests, .times = 10, .status = 429, .body = oci_error("TOOMANYREQUESTS", "slow down")},
        {.kind = Kind::lost_answer, .target = manifests},
        {.target = blobs, .status = 503},
        {.kind = Kind::lost_answer, .target = blobs},
        {.kind = Kind::cut_answer, .target = blobs, .times = 30, .bytes = 600},
        {.kind = Kind::delay, .target = blobs},
    };
    for (const Fault& fault : faults) {
        CAPTURE(static_cast<int>(fault.kind), fault.target, fault.status);
        push_new_base(world);
        world.change();
        world.proxy.faults.add(fault);
        const std::size_t before = world.proxy.faults.injected();
        const Run run = world.run();
        CHECK(world.proxy.faults.injected() > before);
        check_success(world, run);
        CHECK(run.retries() <= 1);
        world.proxy.faults.clear();
    }
}

TEST_CASE("bytes that do not have their digest end the run, because the engine keeps them") {
    BuildWorld world;
    world.write("Dockerfile", "FROM " + world.proxy.host() + "/acme/base:1\nCOPY change /change\n");
    push_new_base(world);
    world.proxy.faults.add({.kind = Kind::corrupt, .target = "/acme/base/blobs/"});
    const Run run = world.run();
    check_failure(world, run);
    CHECK(run.retries() == 0);
    CHECK(run.count("keeps the wrong bytes") == 1);
}

TEST_CASE("a fault that BuildKit itself survives is not seen at all") {
    BuildWorld world;
    const std::vector<Fault> faults{
        {.method = "POST", .target = "/acme/app/blobs/uploads/", .skip = 1, .status = 503},
        {.kind = Kind::cut_request, .method = "PUT", .target = "/acme/app/blobs/uploads/"},
        {.kind = Kind::lost_answer, .method = "PUT", .target = "/acme/app/manifests/"},
        {.kind = Kind::lost_answer, .method = "PUT", .target = "/acme/app/blobs/uploads/"},
    };
    for (const Fault& fault : faults) {
        CAPTURE(static_cast<int>(fault.kind), fault.target, fault.status);
        world.change();
        world.proxy.faults.add(fault);
        const std::size_t before = world.proxy.faults.injected();
        const Run run = world.run();
        CHECK(world.proxy.faults.injected() > before);
        check_success(world, run);
        CHECK(run.retries() == 0);
        world.proxy.faults.clear();
    }
}

TEST_CASE("a registry's token that expires in the middle of a push is fetched anew") {
    BuildWorld world;
    fakes::Ghcr ghcr;
    ghcr.add_token("writer", {});
    // BuildKit's push takes a dozen requests, and ours before and after it as many.
    ghcr.tokens_expire_after(6);
    world.write("Dockerfile", "FROM busybox:stable\nCOPY change /1\nCOPY change /2\nCOPY change /3\n");
    const Run run = world.run({{"image", ghcr.host() + "/acme/app"},
                               {"registry", ghcr.host()},
                               {"username", "mona"},
                               {"password", "writer"},
                               {"reuse", "true"},
                               {"attempts", "1"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.errors() == 0);
    CHECK(ghcr.expired_requests() > 0);
    CHECK(run.outputs.at("pushed") == "true");
    CHECK(ghcr.ask("GET", "acme/app", "/manifests/" + BuildWorld::tag(),
                   {{"Accept", "application/vnd.oci.image.index.v1+json"}})
              .status == 200);
    CHECK(world.left().empty());
}

TEST_CASE("an engine that goes away in the middle of a step, and is back, costs another attempt") {
    BuildWorld world;
    const std::string engine = BuildWorld::variable("DOCKER_HOST").substr(7);
    const std::string path = (world.folder.path() / "relay.sock").string();
    fakes::SocketRelay relay(path, engine);
    world.variables["DOCKER_HOST"] = "unix://" + path;
    world.write("Dockerfile", "FROM busybox:stable\nCOPY change /change\nRUN echo at work; sleep 2\n");
    bool restarted = false;
    world.on_log = [&](std::string_view lines) {
        if (restarted || !lines.contains(" at work")) return;
        restarted = true;
        relay.restart();
    };
    const Run run = world.run();
    check_success(world, run);
    CHECK(run.retries() == 1);
    // On a busy machine BuildKit keeps a record of the step that was cut off, but not the step's files.
    CHECK(run.count("Cache not used") <= 1);
    CHECK(run.count("the builder went away") == 1);
}

TEST_CASE("dockerd that is restarted in the middle of a step costs another attempt") {
    BuildWorld world;
    BuildWorld::need_own_engine();
    world.variables["INPUT_RETRY-WAIT"] = "5s";
    world.write("Dockerfile", "FROM busybox:stable\nCOPY change /change\nRUN echo at work; sleep 2\n");
    bool restarted = false;
    world.on_log = [&](std::string_view lines) {
        if (restarted || !lines.contains(" at work")) return;
        restarted = true;
        BuildWorld::restart_engine();
    };
    const Run run = world.run();
    check_success(world, run);
    CHECK(run.retries() == 1);
}

TEST_CASE(
    "a registry that refuses the cache's manifest or its configuration costs the cache, not the image") {
    BuildWorld world;
    struct Row {
        std::string target;
        int status;
        std::string body;
    };
    const std::vector<Row> rows{
        {"/manifests/buildcache", 400, oci_error("MANIFEST_INVALID", "manifest invalid")},
        {"/manifests/buildcache", 403, oci_error("DENIED", "permission_denied: write_package")},
        {"/manifests/buildcache", 404, "not here"},
        {"/manifests/buildcache", 405, oci_error("UNSUPPORTED", "unsupported")},
        {"/manifests/buildcache", 500, "broken"},
        {"/manifests/buildcache", 429, oci_error("TOOMANYREQUESTS", "slow down")},
        {"/acme/cache/blobs/uploads/", 403, oci_error("DENIED", "denied")},
    };
    const std::string cache = world.proxy.host() + "/acme/cache:buildcache-pr-7";
    for (const Row& row : rows) {
        CAPTURE(row.target, row.status, row.body);
        world.change();
        const std::string method = row.target.contains("uploads") ? "POST" : "PUT";
        world.proxy.faults.add(
            {.method = method, .target = row.target, .times = -1, .status = row.status, .body = row.body});
        const std::size_t before = world.proxy.faults.injected();
        const Run run = world.run({{"cache-to", "type=registry,mode=max,ref=" + cache}});
        CHECK(world.proxy.faults.injected() > before);
        check_success(world, run);
        CHECK(run.count("Cache not written") > 0);
        world.proxy.faults.clear();
    }
}

TEST_CASE("a cache token that nobody can read costs the cache, not the build") {
    BuildWorld world;
    fakes::ResultsService results;
    world.variables["ACTIONS_RESULTS_URL"] = results.url();
    world.variables["ACTIONS_RUNTIME_TOKEN"] = "e30.e30.e30";
    const Run run = world.run({{"cache", "gha"}, {"attempts", "1"}});
    check_success(world, run);
    CHECK(run.count("Cache not written") == 1);
}

TEST_CASE("a cache token that has expired costs the cache, not the build") {
    BuildWorld world;
    fakes::ResultsService results;
    world.variables["ACTIONS_RESULTS_URL"] = results.url();
    world.variables["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token(
        {.cache = {{"refs/pull/7/merge", 3}}, .lifetime = std::chrono::hours(-1)});
    const Run run = world.run({{"cache", "gha"}, {"attempts", "1"}});
    check_success(world, run);
}

TEST_CASE("a cache that names what is gone is left out") {
    BuildWorld world;
    fakes::ResultsService results;
    world.variables["ACTIONS_RESULTS_URL"] = results.url();
    world.variables["ACTIONS_RUNTIME_TOKEN"] =
        fakes::ResultsService::token({.cache = {{"refs/pull/7/merge", 3}}});
    world.write("Dockerfile",
                "FROM busybox:stable\nCOPY change /change\nRUN echo 1 > /one\nRUN echo 2 > /two\n");
    check_success(world, world.run({{"cache", "gha"}}));
    results.with_cache([](fakes::CacheService& service) {
        for (const auto& entry : service.entries()) {
            if (entry.key.starts_with("buildkit-blob")) service.lose_blob(entry.key);
        }
    });
    support::run({BuildWorld::variable("PR_IMAGE_TEST_BUILDX"), "prune", "--all", "--force"});
    const Run run = world.run({{"cache", "gha"}, {"attempts", "1"}});
    check_success(world, run);
}

TEST_CASE("a disk that fills ends the run with one error, and nothing is left on it") {
    BuildWorld world;
    if (::mount("tmpfs", world.temp().c_str(), "tmpfs", 0, "size=64k") != 0)
        SKIP("no file system can be mounted here");
    fakes::ResultsService results;
    world.variables["ACTIONS_RESULTS_URL"] = results.url();
    world.variables["ACTIONS_RUNTIME_TOKEN"] = fakes::ResultsService::token({});
    const Run run = world.run({{"artifact", "always"}, {"cache", "none"}});
    check_failure(world, run);
    CHECK(run.retries() == 0);
    CHECK(run.count("no space left on device") > 0);
    CHECK(::umount(world.temp().c_str()) == 0);
}

TEST_CASE("a name that is not found ends the run with one error after the last attempt") {
    BuildWorld world;
    world.write("Dockerfile", "FROM nosuch.invalid/base:1\n");
    const Run run = world.run();
    check_failure(world, run);
    CHECK(run.retries() == 1);
}
