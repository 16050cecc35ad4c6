#include "text/reference.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;

TEST_CASE("an image name is lower-cased, gets docker's defaults and keeps its host") {
    const auto [text, host, path] = GENERATE(table<std::string, std::string, std::string>({
        {"ghcr.io/Acme/App", "ghcr.io", "acme/app"},
        {"localhost:5000/a", "localhost:5000", "a"},
        {"[::1]:5000/a/b", "[::1]:5000", "a/b"},
        {"nginx", "docker.io", "library/nginx"},
        {"index.docker.io/acme/app", "docker.io", "acme/app"},
        {"acme/app__x/y---z", "docker.io", "acme/app__x/y---z"},
    }));
    const Result<ImageName> name = ImageName::parse(text);
    REQUIRE(name);
    CHECK(name->host() == host);
    CHECK(name->path() == path);
}

TEST_CASE("an image name that no registry accepts is refused") {
    const std::string text =
        GENERATE("", "ghcr.io/", "ghcr.io/a/../b", "ghcr.io/a b", "ghcr.io/a@b", "ghcr.io/-a", "ghcr.io/a..b",
                 "ghcr.io/a___b", "gh cr.io/a", "ghcr.io:x/a", "-x.io/a", "ghcr.io/a\n", "ghcr.io//a", "a:b");
    CAPTURE(text);
    CHECK_FALSE(ImageName::parse(text));
}

TEST_CASE("an image name has 255 characters at most, docker's defaults counted") {
    const std::string defaults = "docker.io/library/";
    const std::string longest(255 - defaults.size(), 'a');
    REQUIRE(ImageName::parse(longest));
    CHECK(ImageName::parse(longest)->string().size() == 255);
    CHECK(ImageName::parse(defaults + longest));
    CHECK_FALSE(ImageName::parse(longest + 'a'));
    CHECK_FALSE(ImageName::parse(defaults + longest + 'a'));
}

TEST_CASE("a tag keeps to the distribution grammar") {
    CHECK(Tag::parse("pr-7-abc.DEF_1"));
    CHECK(Tag::parse(std::string(128, 'a')));
    const std::string bad =
        GENERATE(std::string(), std::string(129, 'a'), std::string("-a"), std::string(".a"),
                 std::string("a b"), std::string("a/b"), std::string("a\n"));
    CHECK_FALSE(Tag::parse(bad));
}

TEST_CASE("a reference needs a tag or a digest and keeps both") {
    const std::string digest = "sha256:" + std::string(64, 'a');
    const std::string whole = "localhost:5000/a/b:t@" + digest;
    const Result<Reference> both = Reference::parse(whole);
    REQUIRE(both);
    CHECK(both->string() == whole);
    CHECK(Reference::parse("ghcr.io/a/b@" + digest)->tag() == std::nullopt);
    CHECK_FALSE(Reference::parse("localhost:5000/a/b"));
    CHECK_FALSE(Reference::parse("ghcr.io/a/b@sha256:abc"));
    CHECK_FALSE(Reference::parse("ghcr.io/a/b@sha256:" + std::string(64, 'A')));
}

TEST_CASE("an image name's first part is a registry by docker's rule") {
    for (const char* name :
         {"ghcr.io/a", "localhost/a", "LOCALHOST/a", "host:5000/a", "[::1]/a", "a.b/c/d"}) {
        CAPTURE(name);
        CHECK(text::names_registry(name));
    }
    for (const char* name : {"acme/app", "app", "ghcr.io", "localhost", "a/ghcr.io/b", "", "/a"}) {
        CAPTURE(name);
        CHECK_FALSE(text::names_registry(name));
    }
}

TEST_CASE("a registry's host stands alone and is what an image name has") {
    const auto [given, host] = GENERATE(table<std::string, std::string>({
        {"GHCR.io", "ghcr.io"},
        {"index.docker.io", "docker.io"},
        {"docker.io", "docker.io"},
        {"localhost", "localhost"},
        {"registry:5000", "registry:5000"},
        {"[::1]:5000", "[::1]:5000"},
    }));
    CAPTURE(given);
    CHECK(text::parse_registry_host(given) == host);
    CHECK(ImageName::parse(given + "/a/b")->host() == host);

    const std::string bad =
        GENERATE("", "ghcr", "ghcr.io/", "ghcr.io/acme", "https://ghcr.io", "ghcr.io:", "gh cr.io",
                 "ghcr.io\n", "user@ghcr.io", ".", "-x.io", "ghcr.io:123456");
    CAPTURE(bad);
    CHECK_FALSE(text::parse_registry_host(bad));
}

TEST_CASE("only loopback hosts are loopback") {
    for (const char* host : {"localhost", "localhost:5000", "127.0.0.1:5000", "127.1.2.3", "[::1]:5000"}) {
        CHECK(text::is_loopback(host));
    }
    for (const char* host :
         {"127.0.0.1.example.com", "127.evil.example.com", "ghcr.io", "10.0.0.1", "localhost.evil.com"}) {
        CHECK_FALSE(text::is_loopback(host));
    }
}
