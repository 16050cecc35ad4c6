#include "plan/build/output_list.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

TEST_CASE("an output says its type, whether it pushes, and what") {
    const auto [entry, type, pushes, names] = GENERATE(table<std::string, std::string, bool, std::string>({
        {"type=local,dest=out", "local", false, ""},
        {"out", "local", false, ""},
        {".", "local", false, ""},
        {"type=tar,dest=a/b.tar", "tar", false, ""},
        {"type=docker", "docker", false, ""},
        {"type=docker,dest=image.tar", "docker", false, ""},
        {"type=registry", "registry", true, ""},
        {"type=image,name=ghcr.io/acme/app,push=true", "image", true, "ghcr.io/acme/app "},
        {"type=image,name=ghcr.io/acme/app,push=false", "image", false, "ghcr.io/acme/app "},
        {"type=image,\"name=localhost:5000/a:1,acme/b:2\",push-by-digest=true,name-canonical=true,push=true",
         "image", true, "localhost:5000/a docker.io/acme/b "},
        {" TYPE = cacheonly ", "cacheonly", false, ""},
    }));
    CAPTURE(entry);
    const Result<OutputEntry> output = parse_output(entry, kWorkspace);
    REQUIRE(output);
    CHECK(output->text == entry);
    CHECK(output->type == type);
    CHECK(output->pushes == pushes);
    std::string found;
    for (const ImageName& name : output->names)
        found += name.string() + " ";
    CHECK(found == names);
}

TEST_CASE("an output's destination is a place in the workspace") {
    CHECK(parse_output("out/", kWorkspace)->destination == kWorkspace + "/out");
    CHECK(parse_output("type=tar,dest=a/b.tar", kWorkspace)->destination == kWorkspace + "/a/b.tar");
    CHECK(parse_output("type=docker", kWorkspace)->destination.empty());
}

TEST_CASE("an output that leaves the workspace, or that nobody understands, is refused") {
    const std::string entry =
        GENERATE("type=local,dest=../out", "type=local,dest=/etc", "type=tar,dest=-", "-",
                 "type=docker,dest=/tmp/a.tar", "dest=out", "type=image,name=a b,push=true", "type=local,out",
                 "\"type=local", "/out");
    CAPTURE(entry);
    CHECK_FALSE(parse_output(entry, kWorkspace));
}
