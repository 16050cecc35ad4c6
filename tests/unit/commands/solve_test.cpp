#include "commands/solve.hpp"

#include "fakes/results_service.hpp"
#include "unit/commands/scripted_world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace pr_image;
using commands::Run;
using commands::ScriptedWorld;

namespace {

const std::string kPush = "failed to build: failed to solve: failed to push 127.0.0.1:1/acme/app:pr-7-a: ";
const std::string kBase =
    "failed to build: failed to solve: a/b:1: failed to resolve source metadata for a/b:1: ";
const std::string kStatus = "unexpected status from HEAD request to http://a/v2/b/manifests/1: ";
const std::string kDo = "failed to do request: Head \"https://a/v2/b/manifests/1\": ";
const std::string kGone = "failed to build: failed to receive status: rpc error: code = Unavailable desc = ";

std::vector<std::string> passing_errors() {
    std::vector<std::string> errors;
    for (const std::string& where : {kPush, kBase}) {
        for (const std::string status :
             {"408 Request Timeout", "429 Too Many Requests", "500 Internal Server Error", "502 Bad Gateway",
              "503 Service Unavailable", "504 Gateway Timeout"})
            errors.push_back(where + kStatus + status);
        for (const std::string problem :
             {"EOF", "unexpected EOF", "dial tcp 127.0.0.1:1: connect: connection refused",
              "read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer",
              "write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe", "net/http: TLS handshake timeout",
              "remote error: tls: internal error", "dial tcp: lookup a: no such host",
              "dial tcp: lookup a on 127.0.0.53:53: server misbehaving",
              "dial tcp: lookup a: Temporary failure in name resolution", "dial tcp 1.2.3.4:443: i/o timeout",
              "context deadline exceeded", "http2: server sent GOAWAY and closed the connection",
              "dial tcp 1.2.3.4:443: connect: network is unreachable",
              "dial tcp 1.2.3.4:443: connect: no route to host"})
            errors.push_back(where + kDo + problem);
    }
    for (const std::string answer : {"unknown: injected", "unknown: blob upload unknown",
                                     "unknown: blob upload invalid", "toomanyrequests: slow down"})
        errors.push_back(kPush + answer);
    for (const std::string word : {"error reading from server: EOF", "transport is closing"})
        errors.push_back(kGone + word);
    return errors;
}

std::vector<std::string> lasting_errors() {
    std::vector<std::string> errors{
        fmt::format("failed to build: failed to solve: process \"/bin/sh -c {}\" did not complete {}",
                    "echo connection reset by peer", "successfully: exit code: 1"),
        "failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: RAN",
        "failed to build: failed to solve: failed to calculate checksum of ref a::b: \"/x\": not found",
        "failed to build: failed to solve: target stage \"x\" could not be found",
        kPush + "denied: permission_denied: write_package",
        kPush + "unauthorized: authentication required",
        kBase + "a/b:1: not found",
        kBase + kDo + "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "failed to build: failed to solve: write /x: no space left on device",
        "unknown flag: --x"};
    for (const std::string status : {"400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found",
                                     "405 Method Not Allowed", "413 Request Entity Too Large"})
        errors.push_back(kPush + kStatus + status);
    return errors;
}

}  // namespace

TEST_CASE("each error that time may heal costs one warning and one more build") {
    ScriptedWorld world;
    for (const std::string& error : passing_errors()) {
        CAPTURE(error);
        world.reset();
        world.fail(1, error);
        const Run run = world.run();
        INFO(run.log);
        CHECK(run.status == 0);
        CHECK(run.errors() == 0);
        CHECK(run.retries() == 1);
        CHECK(world.calls().size() == 2);
        CHECK(world.left().empty());
    }
}

TEST_CASE("each error that time may heal ends the run with one error when it comes with every attempt") {
    ScriptedWorld world;
    const std::vector<std::string> errors = passing_errors();
    for (std::size_t i = 0; i < errors.size(); i += 3) {
        const std::string& error = errors[i];
        CAPTURE(error);
        world.reset();
        for (const int n : {1, 2, 3})
            world.fail(n, error);
        const Run run = world.run();
        INFO(run.log);
        CHECK(run.status == 1);
        CHECK(run.errors() == 1);
        CHECK(run.retries() == 2);
        CHECK(run.count("(after 3 attempts)") == 1);
        CHECK(world.calls().size() == 3);
        CHECK(world.left().empty());
    }
}

TEST_CASE("each error that stays ends the run at once") {
    ScriptedWorld world;
    for (const std::string& error : lasting_errors()) {
        CAPTURE(error);
        world.reset();
        world.fail(1, error);
        const Run run = world.run();
        INFO(run.log);
        CHECK(run.status == 1);
        CHECK(run.errors() == 1);
        CHECK(run.retries() == 0);
        CHECK(world.calls().size() == 1);
        CHECK(world.left().empty());
    }
}

TEST_CASE("another error in the next attempt is judged by itself") {
    ScriptedWorld world;
    world.fail(1, kPush + "unknown: injected");
    world.fail(2, kPush + "denied: no");
    const Run run = world.run();
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(world.calls().size() == 2);
}

TEST_CASE("a broken cache is left out of the next build, and the others stay") {
    ScriptedWorld world;
    const std::map<std::string, std::string> caches{
        {"cache-from",
         "type=registry,ref=r.example/a/one:buildcache-pr-7\ntype=registry,ref=r.example/a/two:c"},
        {"cache-to", "type=registry,ref=r.example/a/one:buildcache-pr-7,mode=max"},
        {"attempts", "1"}};
    world.fail(1,
               "failed to build: failed to solve: failed to copy: httpReadSeeker: failed open: content at "
               "https://r.example/v2/a/two/blobs/sha256:1 not found: not found");
    world.fail(2, "failed to build: failed to solve: error writing layer blob: x");
    const Run run = world.run(caches);
    INFO(run.log);
    CHECK(run.status == 0);
    const std::vector<std::string> calls = world.calls();
    REQUIRE(calls.size() == 3);
    CHECK(calls[0].contains("a/two:c"));
    CHECK_FALSE(calls[1].contains("a/two:c"));
    CHECK(calls[1].contains("--cache-from type=registry,ref=r.example/a/one:buildcache-pr-7"));
    CHECK(calls[1].contains("--cache-to"));
    CHECK(calls[2].contains("--cache-from type=registry,ref=r.example/a/one:buildcache-pr-7"));
    CHECK_FALSE(calls[2].contains("--cache-to"));
    CHECK(run.count("Cache not used") == 1);
    CHECK(run.count("Cache not written") == 1);
    CHECK(run.retries() == 0);
}

TEST_CASE("what was pushed before a cache could not be written is kept when the registry confirms it") {
    ScriptedWorld world;
    const std::string name = world.proxy.host() + "/acme/app:" + ScriptedWorld::tag();
    const std::string held = support::read_file(world.here() / "metadata.json");
    const bool confirmed = GENERATE(true, false);
    const std::string digest =
        confirmed ? held.substr(held.find("sha256:"), 71) : "sha256:" + std::string(64, '0');
    world.build(1, R"(echo '{"vertexes":[{"digest":"sha256:1","name":"exporting to image",)"
                   R"("started":"2026-11-21T03:54:30Z"}],"statuses":[{"id":"pushing manifest for )" +
                       name + "@" + digest +
                       R"(","vertex":"sha256:1","started":"2026-11-21T03:54:30Z",)"
                       R"("completed":"2026-11-21T03:54:31Z"}]}' >&2
echo "ERROR: failed to build: failed to solve: failed to configure registry cache exporter: x" >&2
exit 1
)");
    const Run run = world.run({{"cache-to", "type=registry,ref=r.example/a/one:buildcache-pr-7"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.errors() == 0);
    CHECK(run.count("Cache not written") == 1);
    CHECK(world.calls().size() == (confirmed ? 1 : 2));
    CHECK(run.outputs.at("pushed") == "true");
    CHECK(run.outputs.at("digest") == held.substr(held.find("sha256:"), 71));
    CHECK(run.outputs.at("metadata").contains("containerimage.digest"));
}

TEST_CASE("a step that the builder has mislaid costs one more build without what it keeps, and no attempt") {
    ScriptedWorld world;
    world.fail(1,
               "failed to build: failed to solve: failed to commit a to b during finalize: snapshot a does "
               "not exist: not found");
    const Run run = world.run({{"attempts", "1"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.count("Cache not used") == 1);
    REQUIRE(world.calls().size() == 2);
    CHECK_FALSE(world.calls().front().contains("--no-cache"));
    CHECK(world.calls().back().contains("--no-cache"));
}

TEST_CASE("a builder of our own that went away is made anew, once") {
    ScriptedWorld world;
    for (const int n : {1, 2})
        world.fail(n, kGone + "error reading from server: EOF");
    const Run run = world.run({{"driver", "docker-container"}});
    INFO(run.log);
    CHECK(run.status == 0);
    std::vector<std::string> verbs;
    for (const std::string& call : world.calls())
        verbs.push_back(call.substr(0, call.find(' ')));
    // The script keeps no record of a builder, so each attempt makes sure of it.
    CHECK(verbs == std::vector<std::string>{"create", "build", "rm", "create", "build", "create", "build"});
}

TEST_CASE("an attempt that hangs is ended and tried again") {
    ScriptedWorld world;
    world.build(1, "trap 'exit 130' TERM; while :; do sleep 0.05; done\n");
    const Run run = world.run({{"attempt-timeout", "1s"}});
    INFO(run.log);
    CHECK(run.status == 0);
    CHECK(run.retries() == 1);
    CHECK(run.count("the build took longer than 1s") == 1);
}

TEST_CASE("an attempt that was at work when its time was over ends the run, and says what to change") {
    ScriptedWorld world;
    world.build(1, "trap 'exit 130' TERM; while :; do echo working >&2; sleep 0.05; done\n");
    const Run run = world.run({{"attempt-timeout", "4s"}});
    INFO(run.log);
    CHECK(run.status == 1);
    CHECK(run.errors() == 1);
    CHECK(run.retries() == 0);
    CHECK(run.count("attempt-timeout") == 1);
    CHECK(world.left().empty());
}
