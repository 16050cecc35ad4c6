#include "http/proxy.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>

using namespace pr_image;
using http::Environment;
using http::Url;

TEST_CASE("each scheme has its proxy, and the upper-case name wins as in Go") {
    const Environment environment = {{"HTTP_PROXY", "http://a:1"},
                                     {"http_proxy", "http://b:2"},
                                     {"https_proxy", "c:3"},
                                     {"ALL_PROXY", "http://never:9"}};
    const http::ProxyConfig config = http::proxy_from_environment(environment).value();
    CHECK(http::choose_proxy(config, Url::parse("http://x.example/").value())->url.host() == "a");
    CHECK(http::choose_proxy(config, Url::parse("https://x.example/").value())->url.host() == "c");
}

TEST_CASE("an unusable proxy variable is an error that names it") {
    const Result<http::ProxyConfig> config = http::proxy_from_environment({{"https_proxy", "socks5://x:1"}});
    REQUIRE_FALSE(config);
    CHECK(config.error().what.contains("HTTPS_PROXY"));
}

TEST_CASE("without variables nothing goes through a proxy") {
    const http::ProxyConfig config = http::proxy_from_environment({{"HTTP_PROXY", " "}}).value();
    CHECK(http::choose_proxy(config, Url::parse("http://x.example/").value()) == nullptr);
}

TEST_CASE("NO_PROXY means what it means to Go") {
    const auto [exceptions, url, direct] = GENERATE(table<std::string, std::string, bool>({
        {"", "https://ghcr.io/", false},
        {"", "https://localhost/", true},
        {"", "https://127.0.0.1:5000/", true},
        {"", "https://[::1]:5000/", true},
        {"*", "https://ghcr.io/", true},
        {"ghcr.io", "https://ghcr.io/", true},
        {"GHCR.IO", "https://ghcr.io/", true},
        {"ghcr.io", "https://pkg.ghcr.io/", true},
        {"ghcr.io", "https://notghcr.io/", false},
        {".ghcr.io", "https://ghcr.io/", false},
        {".ghcr.io", "https://pkg.ghcr.io/", true},
        {"*.ghcr.io", "https://pkg.ghcr.io/", true},
        {"*.ghcr.io", "https://ghcr.io/", false},
        {"a.example, ghcr.io ,b.example", "https://ghcr.io/", true},
        {"ghcr.io:443", "https://ghcr.io/", true},
        {"ghcr.io:8443", "https://ghcr.io/", false},
        {"10.0.0.0/8", "https://10.1.2.3/", true},
        {"10.0.0.0/8", "https://11.1.2.3/", false},
        {"10.0.0.0/8", "https://host10.example/", false},
        {"fd00::/8", "https://[fd12::1]/", true},
        {"fd00::/8", "https://10.1.2.3/", false},
        {"10.1.2.3", "https://10.1.2.3/", true},
        {"10.1.2.3:443", "https://10.1.2.3/", true},
        {"[fd12::1]:443", "https://[fd12::1]/", true},
        {"1.2.3", "https://10.1.2.3/", false},
        {"not/a/network", "https://10.1.2.3/", false},
        {",,", "https://ghcr.io/", false},
    }));
    const http::ProxyConfig config =
        http::proxy_from_environment({{"HTTPS_PROXY", "http://proxy:1"}, {"NO_PROXY", exceptions}}).value();
    CAPTURE(exceptions, url);
    CHECK((http::choose_proxy(config, Url::parse(url).value()) == nullptr) == direct);
}
