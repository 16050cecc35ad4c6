#include "docker/build_failure.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using docker::BuildFailure;
using docker::failure_kind;
using docker::FailureKind;

TEST_CASE("an error line tells what went wrong") {
    struct Row {
        std::string error;
        FailureKind kind;
    };
    const std::vector<Row> rows{
        {"failed to build: failed to solve: process \"/bin/sh -c make\" did not complete successfully: exit "
         "code: 2",
         FailureKind::step},
        {"failed to build: failed to solve: failed to read dockerfile: open nope: no such file or directory",
         FailureKind::dockerfile},
        // The builder's own mount, whatever it was to hold.
        {"failed to solve: failed to read dockerfile: failed to mount a: snapshot a does not exist: not "
         "found",
         FailureKind::other},
        {"failed to build: failed to solve: target stage \"x\" could not be found", FailureKind::dockerfile},
        {"failed to solve: failed to push ghcr.io/a/b:c: denied: permission_denied: write_package",
         FailureKind::push},
        {"failed to solve: failed to configure gha cache exporter: invalid token", FailureKind::cache_export},
        {"failed to solve: error writing layer blob: failed to save cache", FailureKind::cache_export},
        {"failed to solve: failed to copy: GET https://x: BlobNotFound", FailureKind::cache_import},
        {"Cannot connect to the Docker daemon at unix:///none. Is the docker daemon running?",
         FailureKind::engine},
        {"failed to build: no builder \"x\" found", FailureKind::engine},
        {"failed to build: failed to solve: Canceled: context canceled", FailureKind::interrupted},
        {"unknown flag: --nosuchflag", FailureKind::other},
        {"", FailureKind::other},
    };
    for (const Row& row : rows) {
        CAPTURE(row.error);
        CHECK(failure_kind(row.error) == row.kind);
    }
}

TEST_CASE("a failure reads as place, reason and remedy, with the last lines below") {
    BuildFailure failure{.kind = FailureKind::step,
                         .reason = "exit code: 2",
                         .step = "[2/4] RUN make",
                         .last_lines = {"cc x.c", "x.c:1: error"},
                         .file = "Dockerfile",
                         .line = 7};
    const Error error = docker::to_error(failure);
    CHECK(error.what == "Build failed at Dockerfile:7");
    CHECK(error.why == "[2/4] RUN make: exit code: 2");
    CHECK(docker::describe(failure) ==
          "[2/4] RUN make: exit code: 2. Correct the command, or what it needs, in the Dockerfile.\n\n"
          "The last lines of that step:\ncc x.c\nx.c:1: error");
}

TEST_CASE("a program of another platform asks for emulation, a runner of its own or a cross-compiler") {
    BuildFailure failure{.kind = FailureKind::step,
                         .reason = "exit code: 255",
                         .step = "[linux/arm64 2/2] RUN make",
                         .last_lines = {"exec /bin/sh: exec format error"}};
    CHECK(docker::to_error(failure).fix.find("emulation") != std::string::npos);
    failure.last_lines = {"make: no rule"};
    CHECK(docker::to_error(failure).fix.find("emulation") == std::string::npos);
}

TEST_CASE("a refused push asks for the permission, an unreachable registry for another try") {
    BuildFailure failure{.kind = FailureKind::push, .reason = "failed to push a: denied: permission_denied"};
    CHECK(docker::to_error(failure).fix.find("packages: write") != std::string::npos);
    failure.reason = "failed to push a: connect: connection refused";
    CHECK(docker::to_error(failure).fix.find("reach the registry") != std::string::npos);
}

TEST_CASE("a builder that has mislaid its own files is not the Dockerfile's fault") {
    const BuildFailure failure{.reason = "snapshot a does not exist: not found",
                               .step = "[3/3] RUN make",
                               .cause = docker::FailureCause::lost_state};
    CHECK(docker::to_error(failure).fix.find("prune") != std::string::npos);
}

TEST_CASE("a builder that is lost or does not start is told from a build that is wrong") {
    BuildFailure failure{.reason = "rpc error: code = Unavailable desc = error reading from server: EOF",
                         .cause = docker::FailureCause::builder_gone};
    CHECK(docker::to_error(failure).what == "Builder lost");
    CHECK(docker::to_error(failure).fix.find("memory") != std::string::npos);
    failure.cause = docker::FailureCause::lasting;
    CHECK(docker::to_error(failure).what == "Build failed");
    failure = {.kind = FailureKind::builder,
               .reason = "context deadline exceeded",
               .step = "[internal] waiting for connection",
               .cause = docker::FailureCause::timeout};
    CHECK(docker::to_error(failure).what == "Builder not reachable");
    CHECK(docker::to_error(failure).why == "[internal] waiting for connection: context deadline exceeded");
    CHECK(docker::to_error(failure).fix.find("endpoint") != std::string::npos);
}

TEST_CASE("hostile text in an error stays text") {
    CHECK(docker::short_reason("failed to build: a\nb\x1b[0m") == "a\\x0ab\\x1b[0m");
    CHECK(docker::short_reason(std::string(5000, 'x')).size() < 1010);
}
