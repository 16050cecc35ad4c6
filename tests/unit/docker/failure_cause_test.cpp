#include "docker/failure_cause.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

using namespace pr_image;
using docker::asked_wait;
using docker::failure_cause;
using docker::FailureCause;
using namespace std::chrono_literals;

namespace {

struct Row {
    std::string error;
    FailureCause cause;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        CAPTURE(row.error);
        CHECK(failure_cause(row.error) == row.cause);
    }
}

}  // namespace

// The errors of this case were given by buildx 0.29.1 and the BuildKit of dockerd 28.5.2, with a registry
// behind a proxy that did what the row is about.
TEST_CASE("an error of the real engine tells whether time may heal it") {
    const std::string push = "failed to build: failed to solve: failed to push 127.0.0.1:5901/t:x1: ";
    const std::string base =
        "failed to build: failed to solve: 127.0.0.1:5902/b2:1: failed to resolve source metadata for "
        "127.0.0.1:5902/b2:1: ";
    const std::string key = "failed to build: failed to solve: failed to compute cache key: ";
    check({
        {push + "unknown: injected", FailureCause::server},  // 500 and 503 with an error code of their own
        {push + "unexpected status from HEAD request to http://127.0.0.1:5907/v2/t/blobs/sha256:eebb: 504 "
                "Gateway Timeout",
         FailureCause::server},
        {push + "toomanyrequests: toomanyrequests", FailureCause::rate_limit},
        {push + "unknown: blob upload unknown", FailureCause::lost_upload},
        {push + "unknown: blob upload invalid", FailureCause::lost_upload},
        {push + "failed to do request: Head \"https://127.0.0.1:5901/v2/t/blobs/sha256:6e33\": EOF",
         FailureCause::cut_off},
        {push + "failed commit on ref \"config-sha256:cbd2\": failed to do request: Put "
                "\"http://127.0.0.1:5908/v2/t/blobs/uploads/3c7b?_state=-JS&digest=sha256%3Acbd2\": readfrom "
                "tcp 127.0.0.1:53730->127.0.0.1:5908: write tcp 127.0.0.1:53730->127.0.0.1:5908: use of "
                "closed network connection",
         FailureCause::network},
        {push + "failed to do request: Head \"https://localhost:5999/v2/t/blobs/sha256:e686\": dial tcp "
                "127.0.0.1:5999: connect: connection refused",
         FailureCause::network},
        {push + "denied: denied", FailureCause::lasting},
        {push + "unauthorized: unauthorized", FailureCause::lasting},
        {base + "unexpected status from HEAD request to http://127.0.0.1:5902/v2/b2/manifests/1: 503 Service "
                "Unavailable",
         FailureCause::server},
        {base +
             "unexpected status from HEAD request to http://127.0.0.1:5903/v2/b3/manifests/1: 429 Too Many "
             "Requests",
         FailureCause::rate_limit},
        {base +
             "unexpected status from HEAD request to http://127.0.0.1:5905/v2/b5/manifests/1: 403 Forbidden",
         FailureCause::lasting},
        {base + "127.0.0.1:5904/b4:1: not found", FailureCause::lasting},
        {base + "failed to do request: Head \"https://127.0.0.1:5909/v2/b9/manifests/1\": EOF",
         FailureCause::cut_off},
        {base + "failed to do request: Head \"https://nosuch.invalid/v2/x/manifests/1\": dial tcp: lookup "
                "nosuch.invalid on 10.255.255.53:53: no such host",
         FailureCause::name_resolution},
        {key + "short read: expected 303643 bytes but got 303642: unexpected EOF", FailureCause::cut_off},
        {key + "failed commit on ref \"layer-sha256:714a\": commit failed: unexpected commit digest "
               "sha256:0358, expected sha256:714a: failed precondition",
         FailureCause::corrupted},
        {key + "failed to copy: httpReadSeeker: failed open: could not fetch content descriptor sha256:9181 "
               "(application/vnd.oci.image.layer.v1.tar+gzip) from remote: not found",
         FailureCause::lasting},
        {"failed to build: failed to solve: failed to load cache key: Get \"http://127.0.0.1:5999/x\": dial "
         "tcp "
         "127.0.0.1:5999: connect: connection refused",
         FailureCause::network},
        {"failed to build: failed to solve: failed to load cache key: invalid response status 404",
         FailureCause::lasting},
        {"failed to build: failed to receive status: rpc error: code = Unavailable desc = error reading from "
         "server: EOF",
         FailureCause::builder_gone},
        // An attempt that began while BuildKit was still taking down the one before it.
        {"failed to build: failed to solve: failed to commit vwzgl8zpssc27s8uq1wesnpps to "
         "3kqaq2rh2vyywpt9ovum3yqk4 during finalize: failed to stat active key during commit: snapshot "
         "vwzgl8zpssc27s8uq1wesnpps does not exist: not found",
         FailureCause::lost_state},
        {"failed to build: context deadline exceeded", FailureCause::timeout},
        {"Cannot connect to the Docker daemon at unix:///nonexistent.sock. Is the docker daemon running?",
         FailureCause::builder_gone},
        {"failed to build: Error response from daemon: failed to resolve reference "
         "\"docker.io/moby/buildkit:buildx-stable-1\": failed to do request: Head "
         "\"https://registry-1.docker.io/v2/moby/buildkit/manifests/buildx-stable-1\": dial tcp: lookup "
         "registry-1.docker.io on 10.255.255.53:53: no such host",
         FailureCause::name_resolution},
        {"failed to build: failed to solve: process \"/bin/sh -c echo read: connection reset by peer 503 "
         "Service Unavailable; exit 7\" did not complete successfully: exit code: 7",
         FailureCause::lasting},
        {"failed to build: failed to solve: process \"/bin/sh -c wget -O /x http://127.0.0.1:5999/\" did not "
         "complete successfully: exit code: 1",
         FailureCause::lasting},
    });
}

// The errors of this case are from reports to docker/build-push-action (#239, #251, #626, #761, #836, #1065),
// docker/buildx (#2064, #2789), moby/buildkit (#2288, #2303, #6521, #6977), depot/cli (#90) and
// kubernetes-sigs/kueue (#14925).
TEST_CASE("an error that others have met tells whether time may heal it") {
    check({
        {"failed to solve: rpc error: code = Unknown desc = unexpected status: 502 Bad Gateway",
         FailureCause::server},
        {"failed to solve: failed to push a/b:v1: failed to authorize: failed to fetch oauth token: "
         "unexpected "
         "status from POST request to https://us-central1-docker.pkg.dev/v2/token: 502 Bad Gateway: "
         "<!DOCTYPE "
         "html> <title>Error 502 (Server Error)!!1</title> 403 Forbidden",
         FailureCause::server},
        {"failed to solve: failed to push ghcr.io/a/b:c: failed to copy: io: read/write on closed pipe",
         FailureCause::network},
        {"failed to solve: failed to copy: cannot reuse body, request must be retried",
         FailureCause::network},
        {"failed commit on ref \"layer-sha256:db2b\": failed to do request: Put "
         "https://ghcr.io/v2/a/b/blobs/upload/514e?digest=sha256%3Adb2b: read tcp "
         "172.17.0.2:48072->140.82.114.33:443: read: connection timed out",
         FailureCause::timeout},
        {"failed to do request: Head \"https://ghcr.io/v2/a/b/blobs/sha256:1\": net/http: TLS handshake "
         "timeout",
         FailureCause::tls_handshake},
        {"failed to do request: Put \"https://ghcr.io/v2/a\": remote error: tls: handshake failure",
         FailureCause::tls_handshake},
        {"failed to do request: Head \"https://registry-1.docker.io/v2/a\": dial tcp 162.125.2.3:443: i/o "
         "timeout",
         FailureCause::timeout},
        {"failed to receive status: rpc error: code = Unavailable desc = closing transport due to: "
         "connection "
         "error: desc = \"error reading from server: EOF\", received prior goaway: code: NO_ERROR, debug "
         "data: "
         "\"graceful_stop\"",
         FailureCause::builder_gone},
        {"failed to list workers: Unavailable: connection error: desc = \"transport: Error while dialing: "
         "dial "
         "unix /run/buildkit/buildkitd.sock: connect: no such file or directory\"",
         FailureCause::builder_gone},
        {"failed to copy: httpReadSeeker: failed open: unexpected status code "
         "https://registry-1.docker.io/v2/library/node/manifests/sha256:1: 429 Too Many Requests - Server "
         "message: toomanyrequests: You have reached your pull rate limit.",
         FailureCause::rate_limit},
        {"failed to push ghcr.io/a/b:c: failed to copy: unexpected status from PUT request to "
         "https://ghcr.io/v2/a/b/blobs/upload/1: 400 Bad Request",
         FailureCause::lasting},
        {"failed to push ghcr.io/a/b:c: denied: permission_denied: write_package", FailureCause::lasting},
        {"failed to do request: Head \"https://r.example/v2/a\": tls: failed to verify certificate: x509: "
         "certificate has expired or is not yet valid: current time 2026-11-21T08:00:00Z is before "
         "2026-11-21T08:30:00Z",
         FailureCause::lasting},
        {"failed to do request: Get \"https://r.example/v2/\": http2: server sent GOAWAY and closed the "
         "connection; LastStreamID=1999, ErrCode=NO_ERROR",
         FailureCause::network},
        {"failed to copy: stream error: stream ID 9; INTERNAL_ERROR; received from peer",
         FailureCause::network},
        {"failed to solve: failed to read dockerfile: failed to mount lhzivmrs3pheot21kx3b24aix: snapshot "
         "lhzivmrs3pheot21kx3b24aix does not exist: not found",
         FailureCause::lost_state},
        {"failed to prepare extraction snapshot \"extract-858612528-gZrz sha256:e088\": parent snapshot "
         "sha256:229f does not exist: not found",
         FailureCause::lost_state},
        {"failed to apply diffs: failed to stat lower snapshot oqp2: snapshot oqp2 does not exist: not found",
         FailureCause::lost_state},
        {"failed to solve: failed to get edge: inconsistent graph state", FailureCause::server},
        {"failed to solve: failed to get state for index 0 on [internal] load build definition",
         FailureCause::server},
        {"write /var/lib/docker/tmp/x: no space left on device", FailureCause::lasting},
        {"", FailureCause::lasting},
        {"unknown flag: --nosuchflag", FailureCause::lasting},
    });
}

TEST_CASE("text that somebody else chose never makes a failure look like a passing one") {
    check({
        {"process \"/bin/sh -c echo \\\"connection reset by peer\\\"\" did not complete successfully: exit "
         "code: 1",
         FailureCause::lasting},
        {"failed to calculate checksum of ref 1::2: \"/503 Service Unavailable: EOF\": not found",
         FailureCause::lasting},
        {"failed to calculate checksum of ref 1::2: \"/snapshot 1 does not exist: not found\": not found",
         FailureCause::lasting},
        {"failed to push ghcr.io/a/connection-refused:unexpected-EOF: denied: no", FailureCause::lasting},
        {"failed to resolve source metadata for ghcr.io/a/b:toomanyrequests: ghcr.io/a/b:x: not found",
         FailureCause::lasting},
        {"failed to load cache key: invalid response status 404 of https://a/?unexpected status 503 ",
         FailureCause::lasting},
        {"target stage \"i/o timeout\" could not be found", FailureCause::lasting},
        {"\"never closed connection reset", FailureCause::lasting},
        {std::string(100'000, '"'), FailureCause::lasting},
    });
}

TEST_CASE("what a server asks to wait for is read where its text says it") {
    struct Wait {
        std::string error;
        std::optional<std::chrono::milliseconds> wait;
    };
    const std::vector<Wait> rows{
        {"toomanyrequests: retry-after: 1.5s, allowed: 44000/minute", 1500ms},
        {"toomanyrequests: retry-after: 171.794\xc2\xb5s, allowed: 44000/minute", 0ms},
        {"toomanyrequests: retry-after: 812.5ms, allowed", 813ms},
        {"429 Too Many Requests (Retry-After: 30)", 30s},
        {"please retry after 2m", 2min},
        {"retry-after: 99999999999999999999", std::nullopt},
        {"retry-after: 1000000", 86'400s},
        {"retry-after: soon", std::nullopt},
        {"retry-after:", std::nullopt},
        {"denied", std::nullopt},
        {"", std::nullopt},
    };
    for (const Wait& row : rows) {
        CAPTURE(row.error);
        CHECK(asked_wait(row.error) == row.wait);
    }
}
