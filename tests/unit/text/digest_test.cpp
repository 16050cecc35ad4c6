#include "text/digest.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

TEST_CASE("a digest names its algorithm and all of its lower-case hex digits") {
    const auto [text, algorithm, hex] = GENERATE(table<std::string, std::string, std::string>({
        {"sha256:" + std::string(64, 'a'), "sha256", std::string(64, 'a')},
        {"sha512:" + std::string(128, '0'), "sha512", std::string(128, '0')},
    }));
    const Result<Digest> digest = Digest::parse(text);
    REQUIRE(digest);
    CHECK(digest->string() == text);
    CHECK(digest->algorithm() == algorithm);
    CHECK(digest->hex() == hex);
}

TEST_CASE("anything else is no digest") {
    const std::string bad = GENERATE(std::string(), std::string("sha256:"), "sha256:" + std::string(63, 'a'),
                                     "sha256:" + std::string(65, 'a'), "sha256:" + std::string(64, 'A'),
                                     "sha256:" + std::string(63, 'a') + "g", "sha512:" + std::string(64, 'a'),
                                     "sha1:" + std::string(40, 'a'), std::string(64, 'a'),
                                     "sha256:" + std::string(64, 'a') + "\n");
    CAPTURE(bad);
    CHECK_FALSE(Digest::parse(bad));
}
