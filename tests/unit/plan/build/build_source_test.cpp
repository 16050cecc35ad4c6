#include "plan/build/build_source.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

TEST_CASE("a context is remote when BuildKit would fetch it") {
    const auto [context, remote] = GENERATE(table<std::string, bool>({
        {"https://github.com/acme/app.git#main:docker", true},
        {"http://example.com/context.tar.gz", true},
        {"git://example.com/app", true},
        {"ssh://git@example.com/app.git", true},
        {"git@github.com:acme/app.git", true},
        {"github.com/acme/app", true},
        {".", false},
        {"app", false},
        {"github.com", false},
        {"git@", false},
        {"git@x/../../etc", false},
        {"./https://x", false},
        {"x://../../etc", false},
        {"file:///etc", false},
    }));
    CAPTURE(context);
    CHECK(is_remote_context(context) == remote);
}

TEST_CASE("a folder of the workspace is opened, and an address is taken as it is") {
    const auto [context, text, use] = GENERATE(table<std::string, std::string, std::optional<PathUse>>({
        {".", "/github/workspace", PathUse::folder},
        {"app/", "/github/workspace/app", PathUse::folder},
        {"-", "/github/workspace/-", PathUse::folder},
        {"/github/runner_temp/made", "/github/runner_temp/made", PathUse::folder},
        {"https://github.com/acme/app.git#main", "https://github.com/acme/app.git#main", std::nullopt},
        {"{{defaultContext}}:sub", "{{defaultContext}}:sub", std::nullopt},
    }));
    CAPTURE(context);
    const Result<BuildSource> source = open_context(context, kPaths);
    REQUIRE(source);
    CHECK(source->text == text);
    CHECK(source->path.has_value() == use.has_value());
    if (use) {
        CHECK(source->path->use() == *use);
        CHECK(source->path->string() == text);
    }
}

TEST_CASE("a Dockerfile is a file of the workspace, but for a relative path in a context from elsewhere") {
    const BuildSource here = open_context(".", kPaths).value();
    const BuildSource there{.text = "https://github.com/acme/app.git"};
    CHECK(open_dockerfile("", here, kPaths) == BuildSource{});
    CHECK(open_dockerfile("a/Dockerfile", here, kPaths)->text == "/github/workspace/a/Dockerfile");
    CHECK(open_dockerfile("a/Dockerfile", here, kPaths)->path->use() == PathUse::dockerfile);
    CHECK(open_dockerfile("a/../../Dockerfile", there, kPaths) == BuildSource{.text = "a/../../Dockerfile"});
    CHECK(open_dockerfile("/github/workspace/Dockerfile", there, kPaths)->path);
    for (const char* file : {"/github/home/.docker/config.json", "/etc/passwd", "/proc/self/environ", "-",
                             "/github/workspace/.git/config"}) {
        CAPTURE(file);
        CHECK_FALSE(open_dockerfile(file, there, kPaths));
    }
    CHECK(open_dockerfile("-", here, kPaths)->text == "/github/workspace/-");
    CHECK_FALSE(open_dockerfile("../Dockerfile", here, kPaths));
}

TEST_CASE("an OCI layout's folder is opened, and its tag and digest stay where buildx reads them") {
    const std::string digest = "@sha256:" + std::string(64, 'a');
    const auto [written, text] = GENERATE_COPY(table<std::string, std::string>({
        {"images", "/github/workspace/images"},
        {"./images/:v1", "/github/workspace/images:v1"},
        {"images" + digest, "/github/workspace/images" + digest},
        {"images:v1" + digest, "/github/workspace/images:v1" + digest},
        {"/github/runner_temp/x:tag", "/github/runner_temp/x:tag"},
    }));
    CAPTURE(written);
    const Result<BuildSource> source = open_named_context("oci-layout://" + written, kPaths);
    REQUIRE(source);
    CHECK(source->text == "oci-layout://" + text);
    CHECK(source->path->use() == PathUse::layout);
    CHECK(text.starts_with(source->path->string()));
}

TEST_CASE("an additional context leads nowhere outside, whatever kind it says it is") {
    const std::string source = GENERATE(
        "/etc", "../x", ".git", "", "oci-layout:///etc", "oci-layout:///tmp/x:latest", "oci-layout://../x",
        "oci-layout://.git:x", "oci-layout://", "oci-layout://:x", "oci-layout://a:b:c", "oci-layout://a@b",
        "oci-layout://a@sha256:0", "oci-layout://~/x", "/tmp/x", "oci-layout:///proc/self/root");
    CAPTURE(source);
    CHECK_FALSE(open_named_context(source, kPaths));
}
