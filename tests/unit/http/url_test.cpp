#include "http/url.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;
using http::Url;

TEST_CASE("a URL is taken apart and normalised") {
    const auto [text, origin, target] = GENERATE(table<std::string, std::string, std::string>({
        {"https://ghcr.io/v2/", "https://ghcr.io", "/v2/"},
        {"HTTPS://GHCR.IO:443", "https://ghcr.io", "/"},
        {"http://localhost:5000/a%2Fb?x=1&y=%20#part", "http://localhost:5000", "/a%2Fb?x=1&y=%20"},
        {"http://[::1]:5000/", "http://[::1]:5000", "/"},
        {"http://127.0.0.1:80/x", "http://127.0.0.1", "/x"},
        {"https://a.example?q", "https://a.example", "/?q"},
    }));
    const Result<Url> url = Url::parse(text);
    REQUIRE(url);
    CHECK(url->origin() == origin);
    CHECK(url->target() == target);
    CHECK(Url::parse(url->string()) == *url);
}

TEST_CASE("what is no http URL is refused") {
    const std::string bad =
        GENERATE("", "ghcr.io", "/v2/", "ftp://ghcr.io/", "unix:///var/run/docker.sock", "http://",
                 "http:///x", "https://host:0/", "https://host:65536/", "https://host:x/",
                 "https://user:secret@host/", "https://@host/", "https://ho st/", "https://host/a b",
                 "https://host/\r\nX: y", "https://ho%73t/", "https://host\n/");
    CAPTURE(bad);
    const Result<Url> url = Url::parse(bad);
    REQUIRE_FALSE(url);
    CHECK_FALSE(url.error().why.contains("secret"));
    CHECK_FALSE(url.error().why.contains('\n'));
}

TEST_CASE("an error about a URL shows neither its query nor its user") {
    CHECK_FALSE(Url::parse("ftp://host/blob?sig=secret").error().why.contains("secret"));
    CHECK_FALSE(Url::parse("https://me:secret@host/").error().why.contains("secret"));
    CHECK_FALSE(http::parse_proxy_url("https://me:secret@host:1").error().why.contains("secret"));
    CHECK_FALSE(http::parse_proxy_url("me:secret@ho st:1").error().why.contains("secret"));
}

TEST_CASE("a Location leads on from the URL that sent it") {
    const auto [reference, expected] = GENERATE(table<std::string, std::string>({
        {"/v2/x/blobs/uploads/1?state=a", "https://ghcr.io/v2/x/blobs/uploads/1?state=a"},
        {"uploads/2", "https://ghcr.io/v2/a/uploads/2"},
        {"?n=2", "https://ghcr.io/v2/a/b?n=2"},
        {"//other.example/x", "https://other.example/x"},
        {"http://other.example:81/x", "http://other.example:81/x"},
        {"../up", "https://ghcr.io/v2/up"},
    }));
    const Url base = Url::parse("https://ghcr.io/v2/a/b?old=1").value();
    const Result<Url> next = base.resolve(reference);
    if (!next) FAIL(next.error().why);
    REQUIRE(next);
    CHECK(next->string() == expected);
}

TEST_CASE("a Location that leads out of http is refused") {
    const Url base = Url::parse("https://ghcr.io/v2/").value();
    const std::string bad = GENERATE("file:///etc/passwd", "javascript:x", "https://u:p@evil.example/", "a b",
                                     "https://evil.example:99999/", "/x\r\nSet-Cookie: y");
    CAPTURE(bad);
    CHECK_FALSE(base.resolve(bad));
}

TEST_CASE("a query parameter cannot break out of its place") {
    const Url url = Url::parse("https://ghcr.io/token").value();
    const Url asked =
        url.with_query("service", "ghcr.io").with_query("scope", "repository:a/b:pull,push&x=#");
    CHECK(asked.string() ==
          "https://ghcr.io/token?service=ghcr.io&scope=repository%3Aa%2Fb%3Apull%2Cpush%26x%3D%23");
    CHECK(Url::parse(asked.string()));
}

TEST_CASE("another target keeps the origin, whatever it holds") {
    const Url url = Url::parse("https://ghcr.io/x").value();
    CHECK(url.with_target("/v2/a?n=1").value().string() == "https://ghcr.io/v2/a?n=1");
    CHECK_FALSE(url.with_target("@evil.example/"));
    CHECK_FALSE(url.with_target(":80/"));
    CHECK(url.with_target("//evil.example/").value().host() == "ghcr.io");
}

TEST_CASE("a proxy's URL may hold a user and may lack its scheme") {
    const Result<http::ProxyUrl> proxy = http::parse_proxy_url("me:p%40ss@proxy.example:3128");
    REQUIRE(proxy);
    CHECK(proxy->url.origin() == "http://proxy.example:3128");
    CHECK(proxy->username == "me");
    CHECK(proxy->password == "p@ss");
    CHECK(http::parse_proxy_url("http://proxy:80/")->username.empty());
    const std::string bad =
        GENERATE("socks5://proxy:1080", "https://proxy:3129", "http://", "", "http://a b");
    CHECK_FALSE(http::parse_proxy_url(bad));
}
