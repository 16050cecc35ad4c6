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
