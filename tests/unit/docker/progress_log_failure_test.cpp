#include "docker/progress_log.hpp"
#include "samples.hpp"
#include "text/strings.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace pr_image;
using docker::FailureKind;
using test::Shown;

namespace {

/// A step that ends with an error.
std::string failed(const std::string& name, const std::string& error) {
    boost::json::object vertex{{"digest", name},
                               {"name", name},
                               {"started", "2026-01-01T00:00:00Z"},
                               {"completed", "2026-01-01T00:00:03Z"},
                               {"error", error}};
    return boost::json::serialize(boost::json::object{{"vertexes", boost::json::array{std::move(vertex)}}});
}

FailureKind kind_of(const std::vector<std::string>& lines) {
    Shown shown;
    for (const std::string& text : lines) {
        for (const std::string_view line : text::split(text, '\n'))
            shown.add(std::string(line));
    }
    shown.log.finish();
    return shown.log.failure().kind;
}

const std::string kError = "ERROR: failed to build: failed to solve: ";

}  // namespace

TEST_CASE("a failure is the cache's when the step that writes the cache failed, whatever the words") {
    const std::vector<std::string> exporters{
        "exporting cache to registry",         "exporting to GitHub Actions Cache",
        "exporting cache to Amazon S3",        "exporting cache to Azure Blob Storage",
        "exporting cache to client directory", "exporting content cache"};
    const std::vector<std::string> errors{
        "error writing manifest blob: failed commit on ref \"sha256:1\": unexpected status from PUT request "
        "to "
        "https://ghcr.io/v2/acme/app/manifests/buildcache-main: 400 Bad Request",
        "error writing manifest blob: failed commit on ref \"sha256:1\": denied: permission_denied: "
        "write_package",
        "error writing manifest blob: unexpected status from PUT request to https://r/v2/a/manifests/x: 404 "
        "Not Found",
        "error writing manifest blob: unexpected status from PUT request to https://r/v2/a/manifests/x: 405 "
        "Method Not "
        "Allowed",
        "error writing config blob: failed commit on ref \"sha256:2\": unknown: blob upload invalid",
        "failed to push r.example/a: toomanyrequests: slow down",
        "unexpected status: 500 Internal Server Error",
        "operation error S3: PutObject, https response error StatusCode: 403",
        "PUT https://x.blob.core.windows.net/c/blobs/sha256:1\nRESPONSE 400: 400 Bad Request\nERROR CODE: "
        "InvalidHeader",
        "failed to parse error response 400: <!DOCTYPE html> <html>Bad Request</html>: invalid character '<'",
        "dockerfile parse error on line 1: exit code 1"};
    for (const std::string& name : exporters) {
        for (const std::string& error : errors) {
            CAPTURE(name, error);
            CHECK(kind_of({failed(name, error), kError + error}) == FailureKind::cache_export);
            CHECK(kind_of({failed(name, error)}) == FailureKind::cache_export);
        }
    }
    CHECK(kind_of({failed("importing cache manifest from ghcr.io/acme/app:buildcache", "denied"),
                   kError + "denied"}) == FailureKind::cache_import);
}

TEST_CASE("a cache that could not be written is not what failed a build that failed later") {
    const std::string unwritten =
        failed("exporting cache to registry", "error writing manifest blob: 403 Forbidden");
    const std::string denied = "failed to push ghcr.io/acme/app:1: denied: permission_denied: write_package";
    CHECK(kind_of({unwritten, failed("exporting to image", denied), kError + denied}) == FailureKind::push);
    CHECK(
        kind_of({unwritten,
                 kError + "failed to receive status: rpc error: code = Unavailable desc = error reading from "
                          "server: EOF"}) == FailureKind::other);
    const std::string step = "process \"/bin/sh -c make\" did not complete successfully: exit code: 2";
    CHECK(kind_of({failed("[2/2] RUN make", step), failed("exporting cache to registry", "context canceled"),
                   kError + step}) == FailureKind::step);
}

TEST_CASE("a step whose name only looks like an export of the cache is a step") {
    const std::string error = "process \"/bin/sh -c exit 1\" did not complete successfully: exit code: 1";
    for (const std::string name :
         {"[2/2] RUN exporting cache to registry", "exporting to image", "exporting layers",
          "[internal] exporting cache", "[cache 1/2] RUN exporting cache"}) {
        CAPTURE(name);
        CHECK(kind_of({failed(name, error), kError + error}) == FailureKind::step);
    }
}

TEST_CASE("a build that was interrupted is that, whatever it was doing") {
    CHECK(kind_of({failed("exporting cache to registry", "Canceled: context canceled"),
                   kError + "Canceled: context canceled"}) == FailureKind::interrupted);
}
