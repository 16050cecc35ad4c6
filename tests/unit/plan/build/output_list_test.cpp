#include "plan/build/output_list.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fmt/format.h>

#include <string>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

std::string names(const OutputEntry& output) {
    std::string found;
    for (const NamedImage& image : output.names)
        found += image.name.string() + (image.tag ? ":" + image.tag->string() : "") + " ";
    return found;
}

}  // namespace

TEST_CASE("an output says its type, whether it pushes, and what") {
    const auto [entry, type, pushes, named] = GENERATE(table<std::string, std::string, bool, std::string>({
        {"type=local,dest=out", "local", false, ""},
        {"out", "local", false, ""},
        {"type=tar,dest=a/b.tar", "tar", false, ""},
        {"type=oci,dest=a.tar", "oci", false, ""},
        {"type=oci,tar=0,dest=a", "oci", false, ""},
        {"type=docker", "docker", false, ""},
        {"type=docker,dest=image.tar", "docker", false, ""},
        {"type=docker,push=false", "docker", false, ""},
        {"type=registry", "registry", true, ""},
        {"type=registry,push=false", "registry", true, ""},
        {"type=registry,\"name=a,b\"", "registry", true, "docker.io/library/a docker.io/library/b "},
        {"type=image,name=ghcr.io/acme/app,push=true", "image", true, "ghcr.io/acme/app "},
        {"type=image,name=ghcr.io/acme/app:latest,push=false", "image", false, "ghcr.io/acme/app:latest "},
        {"type=image,\"name=localhost:5000/a,acme/b\",push-by-digest=true,name-canonical=true,push=true",
         "image", true, "localhost:5000/a docker.io/acme/b "},
        {"type=image,\"name=localhost:5000/a:1,acme/b:2\",push=true", "image", true,
         "localhost:5000/a:1 docker.io/acme/b:2 "},
        {"type=image,name=a,dangling-name-prefix=ghcr.io/x:latest,push=t", "image", true,
         "docker.io/library/a ghcr.io/x:latest "},
        {"type=image,name=", "image", false, ""},
        {"type=image", "image", false, ""},
        {"TYPE = cacheonly", "", false, ""},
        {"TYPE =cacheonly,x=y", "cacheonly", false, ""},
    }));
    CAPTURE(entry);
    const Result<OutputEntry> output = parse_output(entry, kPaths);
    REQUIRE(output.has_value() == !type.empty());
    if (!output) return;
    CHECK(to_string(output->type) == type);
    CHECK(output->pushes == pushes);
    CHECK(names(*output) == named);
    CHECK(parse_output(output->text(), kPaths).value() == *output);
}

TEST_CASE("a push is seen however it is spelled") {
    const std::string key = GENERATE("push", "PUSH", "Push", " push", "push ", "\tpUsH ");
    const std::string value = GENERATE("1", "t", "T", "true", "True", "TRUE", "");
    const std::string entry = GENERATE_COPY(fmt::format("type=image,name=a,{}={}", key, value),
                                            fmt::format("{}={},name=a,type=image", key, value),
                                            fmt::format("type=image,push=false,{}={}", key, value),
                                            fmt::format("\"type=image\",\"{}={}\"", key, value));
    CAPTURE(entry);
    const Result<OutputEntry> output = parse_output(entry, kPaths);
    REQUIRE(output);
    CHECK(output->pushes);
    CHECK(output->text().contains("push=true"));
    CHECK_FALSE(parse_output(entry + ",push=0", kPaths)->pushes);
}

TEST_CASE("a destination is seen however its key is spelled") {
    const std::string key = GENERATE("dest", "Dest", " dest", "dest ", "\tDEST\t");
    const std::string type = GENERATE("local", "tar", "oci", "docker");
    CAPTURE(key, type);
    const auto place = [&](std::string_view path) {
        return parse_output(fmt::format("type={},{}={}", type, key, path), kPaths);
    };
    CHECK(place("a/out")->destination->string() == kWorkspace + "/a/out");
    CHECK(place("a/out")->text() == fmt::format("type={},dest={}/a/out", type, kWorkspace));
    for (const char* outside : {"/etc/x", "../x", "a/../../x", "-"})
        CHECK_FALSE(place(outside));
    CHECK_FALSE(parse_output(fmt::format("type={},dest=ok,{}=/etc/x", type, key), kPaths));
}

TEST_CASE("an output's destination is a place in the workspace") {
    const auto [entry, path, use] = GENERATE(table<std::string, std::string, PathUse>({
        {"out/", "/out", PathUse::output_folder},
        {"a=b", "/a=b", PathUse::output_folder},
        {"type=local,dest=x/../out", "/out", PathUse::output_folder},
        {"type=tar,dest=a/b.tar", "/a/b.tar", PathUse::output_file},
        {"type=docker,dest=a.tar", "/a.tar", PathUse::output_file},
        {"type=oci,dest=a.tar,tar=", "/a.tar", PathUse::output_file},
        {"type=oci,dest=layout,tar=false", "/layout", PathUse::output_layout},
        {"type=docker,TAR=F,dest=layout", "/layout", PathUse::output_layout},
        {"type=oci, tar=0,dest=layout", "/layout", PathUse::output_layout},
    }));
    CAPTURE(entry);
    const Result<OutputEntry> output = parse_output(entry, kPaths);
    REQUIRE(output);
    REQUIRE(output->destination);
    CHECK(output->destination->string() == kWorkspace + path);
    CHECK(output->destination->use() == use);
    CHECK(output->text().contains("dest=" + kWorkspace + path));
    CHECK_FALSE(parse_output("type=docker", kPaths)->destination);
    CHECK(parse_output("type=local,\"dest=a,b\"", kPaths)->text() ==
          "type=local,\"dest=" + kWorkspace + "/a,b\"");
}

TEST_CASE("a push by digest is one only where something is pushed") {
    CHECK(output("type=image,push=true,Push-By-Digest=1").by_digest);
    CHECK(output("type=registry,push-by-digest=").by_digest);
    CHECK_FALSE(output("type=image,push-by-digest=true").by_digest);
    CHECK_FALSE(output("type=image,push=true,push-by-digest=F").by_digest);
}

TEST_CASE("an output that leaves the workspace, or that BuildKit would not take as it is meant, is refused") {
    const auto [entry, fix] = GENERATE(table<std::string, std::string>({
        {"type=local,dest=../out", ""},
        {"type=local,dest=/etc", ""},
        {"type=local,dest=.", "folder of its own"},
        {"type=oci,tar=false,dest=.", "folder of its own"},
        {".", "folder of its own"},
        {".git", ""},
        {"type=local,dest=out/../.git", ""},
        {"type=local,Dest=.GIT/hooks", ""},
        {"type=tar,dest=sub/.git", ""},
        {"type=local,dest=~/out", ""},
        {"type=tar,dest=/tmp/image.tar", "${{ runner.temp }}/image.tar"},
        {"type=tar,dest=-", "path"},
        {"type=oci", "dest=out"},
        {"type=oci,tar=true", "dest=out"},
        {"type=docker,tar=false", "dest=out"},
        {"type=local", "dest=out"},
        {"type=local,dest=", "dest=out"},
        {"type=tar", "dest=out"},
        {"-", "path"},
        {"type=docker,dest=/tmp/a.tar", ""},
        {"/out", ""},
        {"dest=out", "type=local"},
        {"Type=local", "type=local"},
        {"push=true", "type=local"},
        {"PUSH =1", "type=local"},
        {"type=", "type=local"},
        {"type=image,name=a b,push=true", "blanks"},
        {"type=image,name= a", "blanks"},
        {"type=image,\"name=a, b\",push=true", "blanks"},
        {"type=image,name=*,push=true", "blanks"},
        {"type=image,dangling-name-prefix=a b,push=true", "blanks"},
        {"type=registry,name=a,b", "quotes"},
        {"type=local,out", "quotes"},
        {"\"type=local", "quotes"},
        {R"({"type":"image"})", "quotes"},
        {"type=image,", "quotes"},
        {"type= image", "type=image"},
        {"type=Image,push=true", "type=image"},
        {"type=imgae", "type=image"},
        {"type=moby,push=true", "cacheonly"},
        {"type=image,push=yes", "push=true"},
        {"type=image,push= true", "push=true"},
        {"type=image,push=true ", "push=true"},
        {"type=image,name=a:b,push=1,push-by-digest=T", "tag"},
        {"type=registry,dangling-name-prefix=a:b,push-by-digest=", "tag"},
        {"type=image,psuh=true", "push"},
        {"type=image,push_by_digest=true", "push-by-digest"},
        {"type=image,\u00A0push=true", "again"},
        {"type=image,compression=gz", "uncompressed"},
        {"type=image,compression-level=high", ""},
        {"type=oci,dest=a,push=1", "type=registry"},
        {"type=docker,Push=true", "type=registry"},
        {"type=image,dest=out", "type=local"},
        {"type=local,destination=out", "dest?"},
        {"type=local,dst=out", "dest?"},
        {"type=local,dest=out,mode=remove", "copy, delete"},
        {"type=local,dest=out,platform-split=no", "platform-split=true"},
    }));
    CAPTURE(entry);
    const Result<OutputEntry> refused = parse_output(entry, kPaths);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fix.contains(fix));
}

TEST_CASE("what BuildKit may know is passed on") {
    const auto [entry, written] = GENERATE(table<std::string, std::string>({
        {"type=image,annotation-index.org.example/Key=Value",
         "type=image,annotation-index.org.example/key=Value"},
        {"type=image,new-thing=x y", "type=image,new-thing=x y"},
        {"type=registry,oci-mediatypes=1,compression=zstd,force-compression=,compression-level=3",
         "type=registry,oci-mediatypes=true,compression=zstd,force-compression=true,compression-level=3"},
        {"type=docker,context=remote", "type=docker,context=remote"},
        {"type=image,NAME=GHCR.io/Acme/App:V1", "type=image,name=ghcr.io/acme/app:V1"},
    }));
    CHECK(output(entry).text() == written);
}
