#include "github/artifacts/signed_url.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace pr_image;

namespace {

struct Accepted {
    Result<http::Url> url;
    std::vector<std::string> masked;
};

Accepted accept(const std::string& text, const std::string& service = "https://results.example/") {
    std::vector<std::string> masked;
    auto url =
        github::artifacts::accept_signed_url(text, http::Url::parse(service).value(),
                                             [&](std::string_view secret) { masked.emplace_back(secret); });
    return {std::move(url), std::move(masked)};
}

}  // namespace

TEST_CASE("a signed address's signature is masked as it is written and as it is meant") {
    CHECK(accept("https://store.example/b?se=1&sig=ab%2Fcd%3D&sp=r").masked ==
          std::vector<std::string>{"ab%2Fcd%3D", "ab/cd="});
    CHECK(accept("https://store.example/b?sig=plain").masked == std::vector<std::string>{"plain"});
    CHECK(accept("https://store.example/b?X-Amz-Signature=aws").masked == std::vector<std::string>{"aws"});
    CHECK(accept("https://store.example/b?sig=ab#c&sig=d").masked == std::vector<std::string>{"ab", "d"});
    CHECK(accept("https://store.example/b?sig=&signature=x&sigx=y").masked.empty());
}

TEST_CASE("a signed address keeps its query as it is") {
    const auto accepted = accept("https://store.example/b?se=1&sig=ab%2Fcd%3D");
    REQUIRE(accepted.url);
    CHECK(accepted.url->string() == "https://store.example/b?se=1&sig=ab%2Fcd%3D");
}

TEST_CASE("an address that cannot be used is refused without showing its signature") {
    struct Row {
        std::string text, service;
    };
    const std::vector<Row> rows{
        {"http://store.example/b?sig=secret", "https://results.example/"},
        {"ftp://store.example/b?sig=secret", "https://results.example/"},
        {"nonsense?sig=secret", "http://127.0.0.1/"},
        {"", "http://127.0.0.1/"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto accepted = accept(row.text, row.service);
        REQUIRE_FALSE(accepted.url);
        CHECK(to_string(accepted.url.error()).find("secret") == std::string::npos);
        if (!row.text.empty()) CHECK(accepted.masked == std::vector<std::string>{"secret"});
    }
    CHECK(accept("http://127.0.0.1/b?sig=x", "http://127.0.0.1/").url);
}
