#include "registry/failure.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;
using registry::FailureKind;

namespace {

http::Response response(int status, const std::string& body) {
    http::Response made{.url = http::Url::parse("https://ghcr.io/v2/").value()};
    made.status = status;
    made.body = body;
    return made;
}

}  // namespace

TEST_CASE("a registry's own words are shown, printable") {
    const auto [body, words] = GENERATE(table<std::string, std::string>({
        {R"({"errors":[{"code":"DENIED","message":"permission_denied: write_package"}]})",
         "DENIED: permission_denied: write_package"},
        {R"({"errors":[{"code":"UNAUTHORIZED"}]})", "UNAUTHORIZED"},
        {R"({"errors":[{"message":"no"}]})", "no"},
        {R"({"errors":[{"code":"X","message":"a\n::error::b"}]})", "X: a\\x0a::error::b"},
        {R"({"details":"incorrect username or password"})", "incorrect username or password"},
        {R"({"errors":[]})", "HTTP 403"},
        {R"({"errors":{}})", "HTTP 403"},
        {"<html>", "HTTP 403"},
        {"", "HTTP 403"},
    }));
    CHECK(registry::registry_words(response(403, body)) == words);
}

TEST_CASE("a status says what kind of no it is") {
    const auto [status, kind] = GENERATE(table<int, FailureKind>({
        {401, FailureKind::unauthorized},
        {403, FailureKind::denied},
        {404, FailureKind::denied},
        {405, FailureKind::denied},
        {429, FailureKind::unreachable},
        {500, FailureKind::unreachable},
        {503, FailureKind::unreachable},
        {400, FailureKind::unexpected},
        {302, FailureKind::unexpected},
    }));
    CHECK(registry::failure_of("x", response(status, "")).kind == kind);
}

TEST_CASE("how long a registry wants to be left alone is kept") {
    http::Response busy = response(429, "");
    CHECK_FALSE(registry::failure_of("x", busy).retry_after);
    busy.headers.set("Retry-After", "120");
    CHECK(registry::failure_of("x", busy).retry_after == std::chrono::seconds(120));
    busy.headers.set("Retry-After", "soon");
    CHECK_FALSE(registry::failure_of("x", busy).retry_after);
}

TEST_CASE("what another server refuses without credentials is no word about the credentials") {
    const auto [status, kind] = GENERATE(table<int, FailureKind>({
        {401, FailureKind::unexpected},
        {403, FailureKind::unexpected},
        {404, FailureKind::unexpected},
        {503, FailureKind::unreachable},
    }));
    http::Response elsewhere = response(status, "");
    elsewhere.left_origin = true;
    const registry::Failure failure = registry::failure_of("x", elsewhere);
    CHECK(failure.kind == kind);
    CHECK(failure.error.why.contains("sent this request without credentials"));
}

TEST_CASE("a redirect that is not followed is an error that names where it leads") {
    http::Response redirect = response(307, "");
    redirect.headers.set("Location", "https://mirror.example/v2/x?token=secret");
    const registry::Failure failure = registry::failure_of("x", redirect);
    CHECK(failure.kind == FailureKind::unexpected);
    CHECK(failure.error.why ==
          "ghcr.io answered: HTTP 307, a redirect to https://mirror.example that is not followed");
    CHECK(failure.error.fix.contains("address"));
}
