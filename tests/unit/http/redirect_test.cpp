#include "http/redirect.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <optional>
#include <string>

using namespace pr_image;
using http::FailureKind;
using http::follow_redirect;
using http::Method;
using http::Outcome;
using http::Request;
using http::Response;
using http::Url;

namespace {

const std::string kHome = "https://registry.example/v2/acme/app/x?n=1";

Request request_at(const std::string& url, Method method = Method::get) {
    return {.method = method, .url = Url::parse(url).value()};
}

Response redirect(int status, const std::string& location, const std::string& from = kHome) {
    Response response{.status = status, .url = Url::parse(from).value()};
    response.headers.set("Location", location);
    return response;
}

}  // namespace

TEST_CASE("each redirect status turns each method into what RFC 9110 says, at home and elsewhere") {
    struct Row {
        int status;
        Method method;
        std::optional<Method> at_home;
        std::optional<Method> elsewhere;
    };
    const std::optional<Method> none;
    const Row row = GENERATE_COPY(values<Row>({
        {300, Method::get, none, none},
        {301, Method::get, Method::get, Method::get},
        {302, Method::get, Method::get, Method::get},
        {303, Method::get, Method::get, Method::get},
        {304, Method::get, none, none},
        {305, Method::get, none, none},
        {306, Method::get, none, none},
        {307, Method::get, Method::get, Method::get},
        {308, Method::get, Method::get, Method::get},
        {301, Method::head, Method::head, Method::head},
        {302, Method::head, Method::head, Method::head},
        {303, Method::head, Method::head, Method::head},
        {307, Method::head, Method::head, Method::head},
        {308, Method::head, Method::head, Method::head},
        {301, Method::post, none, none},
        {302, Method::put, none, none},
        {301, Method::delete_, none, none},
        {302, Method::patch, none, none},
        {303, Method::post, Method::get, none},
        {303, Method::put, Method::get, none},
        {303, Method::delete_, Method::get, none},
        {307, Method::post, Method::post, none},
        {307, Method::put, Method::put, none},
        {307, Method::patch, Method::patch, none},
        {307, Method::delete_, Method::delete_, none},
        {308, Method::post, Method::post, none},
        {308, Method::delete_, Method::delete_, none},
        {200, Method::get, none, none},
        {401, Method::get, none, none},
    }));
    CAPTURE(row.status, to_string(row.method));
    for (const bool leaves : {false, true}) {
        const std::string location = leaves ? "https://other.example/y" : "/y";
        Request request = request_at(kHome, row.method);
        const Outcome<bool> follows = follow_redirect(request, redirect(row.status, location));
        REQUIRE(follows);
        const std::optional<Method> expected = leaves ? row.elsewhere : row.at_home;
        CHECK(*follows == expected.has_value());
        CHECK(request.method == expected.value_or(row.method));
        const std::string next = leaves ? "https://other.example/y" : "https://registry.example/y";
        CHECK(request.url.string() == (expected ? next : kHome));
    }
}

TEST_CASE("an origin is scheme, host and port, however it is written") {
    struct Row {
        std::string from;
        std::string location;
        bool same;
    };
    const Row row = GENERATE(values<Row>({
        {"https://r.example/a", "/b", true},
        {"https://r.example/a/b", "../c?x=1", true},
        {"https://r.example/a", "?n=2", true},
        {"https://r.example/a", "//r.example/b", true},
        {"https://r.example/a", "https://r.example:443/b", true},
        {"https://r.example/a", "https://r.example:/b", true},
        {"https://r.example/a", "HTTPS://R.Example/b", true},
        {"https://r.example:443/a", "https://r.example/b", true},
        {"http://127.0.0.1/a", "http://127.0.0.1:80/b", true},
        {"https://r.example/a", "https://r.example:0443/b", true},
        {"https://r.example/a", "https://r.example:444/b", false},
        {"https://r.example/a", "//other.example/b", false},
        {"https://r.example/a", "https://r.example./b", false},
        {"https://r.example/a", "https://a.r.example/b", false},
        {"https://r.example/a", "https://example/b", false},
        {"https://r.example/a", "https://r.example.evil.example/b", false},
        {"http://127.0.0.1/a", "https://127.0.0.1/b", false},
        {"http://127.0.0.1:443/a", "https://127.0.0.1/b", false},
        {"http://127.0.0.1/a", "http://localhost/b", false},
        {"http://127.0.0.1/a", "http://2130706433/b", false},
        {"http://[::1]/a", "http://[::1]:80/b", true},
        {"http://[::1]/a", "http://127.0.0.1/b", false},
    }));
    CAPTURE(row.from, row.location);
    Request request = request_at(row.from);
    request.headers.set("Authorization", "Bearer secret");
    Request put = request_at(row.from, Method::put);
    Request bound = request_at(row.from);
    bound.same_origin = true;
    CHECK(follow_redirect(request, redirect(307, row.location, row.from)) == true);
    CHECK(request.headers.get("Authorization").has_value() == row.same);
    CHECK(follow_redirect(put, redirect(307, row.location, row.from)) == row.same);
    CHECK(follow_redirect(bound, redirect(307, row.location, row.from)) == row.same);
}

TEST_CASE("only what says what is wanted goes to another origin") {
    Request request = request_at(kHome);
    for (const char* name : {"Accept", "Accept-Encoding", "If-Match", "If-None-Match", "range", "User-Agent"})
        request.headers.set(name, "kept");
    for (const char* name : {"Authorization", "authorization", "Proxy-Authorization", "Cookie", "Cookie2",
                             "X-Registry-Auth", "X-Registry-Config", "Private-Token", "X-Api-Key", "Referer",
                             "Origin", "Content-Type", "X-Anything"})
        request.headers.add(name, "secret");
    REQUIRE(follow_redirect(request, redirect(302, "https://other.example/")) == true);
    CHECK(request.headers.fields().size() == 6);
    for (const auto& [name, value] : request.headers.fields())
        CHECK(value == "kept");
}

TEST_CASE("a request that changed something stays at home after it became a GET") {
    Request request = request_at(kHome, Method::post);
    request.body = "data";
    request.headers.set("Content-Type", "x/y");
    REQUIRE(follow_redirect(request, redirect(303, "/next")) == true);
    CHECK(request.method == Method::get);
    CHECK(std::get<std::string>(request.body).empty());
    CHECK_FALSE(request.headers.get("Content-Type"));
    CHECK(follow_redirect(request, redirect(302, "https://other.example/")) == false);
    CHECK(follow_redirect(request, redirect(302, "/there")) == true);
}

TEST_CASE("what is encrypted is never redirected to what is not") {
    for (const char* location : {"http://registry.example/", "http://other.example/", "http://127.0.0.1/",
                                 "http://localhost:443/", "http://[::1]/"}) {
        CAPTURE(location);
        Request request = request_at(kHome);
        const Outcome<bool> follows = follow_redirect(request, redirect(307, location));
        REQUIRE_FALSE(follows);
        CHECK(follows.error().kind == FailureKind::refused);
        CHECK(request.url.string() == kHome);
    }
}

TEST_CASE("a Location that is none, or that hides where it leads, is followed by nothing") {
    for (const char* location :
         {"file:///etc/passwd", "ftp://x/", "javascript:x", "http:", "https://", "https:///x", "//",
          "https://user@registry.example/", "https://user:password@other.example/",
          "//user@registry.example/", "https://registry.example@other.example/", "https:\\\\other.example/",
          "/\\other.example", "https://registry.example:99999/", "https://registry.example:0/",
          "https://registry.example:x/", "https://regi%73try.example/", "https://r\xc3\xa9gistry.example/",
          "https://registry.example/\x80"}) {
        CAPTURE(location);
        Request request = request_at(kHome);
        request.headers.set("Authorization", "Bearer secret");
        const Outcome<bool> follows = follow_redirect(request, redirect(307, location));
        REQUIRE_FALSE(follows);
        CHECK(follows.error().kind == FailureKind::protocol);
        CHECK_FALSE(follows.error().error.why.contains("password"));
        CHECK(request.url.string() == kHome);
        CHECK_FALSE(http::redirect_origin(redirect(307, location)));
    }
    Request request = request_at(kHome);
    CHECK(follow_redirect(request, {.status = 307, .url = request.url}) == false);
}

TEST_CASE("a redirect is shown by its origin alone") {
    CHECK(http::redirect_origin(redirect(307, "https://other.example:8443/a?sig=secret")) ==
          "https://other.example:8443");
    CHECK(http::redirect_origin(redirect(308, "/a")) == "https://registry.example");
    CHECK_FALSE(http::redirect_origin(redirect(201, "/a")));
}
