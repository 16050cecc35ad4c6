#include "plan/build/node_list.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace pr_image;
using namespace pr_image::plan;
using examples::kPaths;
using examples::message;

namespace {

using Strings = std::vector<std::string>;

Result<Inputs> parsed(const InputMap& raw) {
    return parse_inputs(raw, {}, kPaths);
}

}  // namespace

TEST_CASE("each line of nodes is one BuildKit with its platforms, address and options") {
    const std::vector<BuilderNode> nodes =
        parse_nodes(
            "# a comment\n"
            "platform=linux/amd64,platform=linux/386,endpoint=tcp://amd64:1234\n"
            "\"platform=linux/arm64,linux/arm/v7\",endpoint=unix:///run/arm.sock,"
            "driver-opts=cert=/c,\"driver-opts=key=/k,cacert=/a\"\n")
            .value();
    REQUIRE(nodes.size() == 2);
    CHECK(nodes[0].platforms == Strings{"linux/amd64", "linux/386"});
    CHECK(nodes[0].endpoint == "tcp://amd64:1234");
    CHECK(nodes[0].driver_opts.empty());
    CHECK(nodes[1].platforms == Strings{"linux/arm64", "linux/arm/v7"});
    CHECK(nodes[1].endpoint == "unix:///run/arm.sock");
    CHECK(examples::texts(nodes[1].driver_opts) == Strings{"cert=/c", "key=/k", "cacert=/a"});
    CHECK(parse_nodes("platform=linux/arm64,driver-opts=Network=host").error().fix.contains("network"));
    CHECK(parse_nodes("")->empty());
}

TEST_CASE("a line of nodes that is wrong is shown, with what is allowed") {
    const auto [line, why] = GENERATE(table<std::string, std::string>({
        {"endpoint=tcp://a:1", "it has no platform"},
        {"platform=amd64", "'amd64' is not os/architecture"},
        {"platform=linux/amd64,platform=linux/", "'linux/' is not os/architecture"},
        {"platform=linux/amd64,endpoint=tcp://a:1,endpoint=tcp://b:1", "endpoint is there twice"},
        {"platform=linux/amd64,endpoint=--driver=docker", "'--driver=docker' is no address"},
        {"platform=linux/amd64,endpoint=tcp://a b", "'tcp://a b' is no address"},
        {"platform=linux/amd64,endpoint=", "is no address"},
        {"platform=linux/amd64,driver-opt=x=y", "'driver-opt' is neither"},
        {"linux/amd64", "'linux/amd64' is neither"},
        {"platform=linux/s390x,endpoint=tcp://taken:1", "another line has the same endpoint"},
    }));
    CAPTURE(line);
    const std::string said = message(parse_nodes("platform=linux/riscv64,endpoint=tcp://taken:1\n" + line));
    CHECK(said.starts_with("Invalid input 'nodes'"));
    CHECK(said.contains("line 2"));
    CHECK(said.contains(line));
    CHECK(said.contains(why));
    CHECK(said.contains("platform=linux/arm64,endpoint="));
}

TEST_CASE("nodes fit their driver, or the input that does not is named") {
    const std::string here = "platform=linux/amd64";
    const std::string there = "platform=linux/arm64,endpoint=tcp://b:1";
    const auto [raw, input] = GENERATE_COPY(table<InputMap, std::string>({
        {{{"nodes", there}, {"endpoint", "tcp://a:1"}}, "endpoint"},
        {{{"nodes", there}, {"builder", "mine"}}, "builder"},
        {{{"nodes", there}, {"driver", "docker"}}, "nodes"},
        {{{"nodes", there}, {"driver", "kubernetes"}}, "nodes"},
        {{{"nodes", here + "\n" + there}, {"driver", "remote"}}, "nodes"},
        {{{"nodes", here + "\nplatform=linux/arm64"}}, "nodes"},
    }));
    const Result<Inputs> given = parsed(raw);
    REQUIRE_FALSE(given);
    CHECK(given.error().what == "Invalid input '" + input + "'");
    CHECK_FALSE(given.error().fix.empty());
}

TEST_CASE("nodes that fit their driver are taken") {
    const std::string here = "platform=linux/amd64";
    const std::string there = "platform=linux/arm64,endpoint=tcp://b:1";
    CHECK(parsed({{"nodes", there}, {"driver", "remote"}})->builder.nodes.size() == 1);
    CHECK(parsed({{"nodes", here + "\n" + there}})->builder.nodes.size() == 2);
    CHECK(parsed({{"nodes", here + "\nplatform=linux/arm64"}, {"driver", "kubernetes"}})
              ->builder.nodes.size() == 2);
}

TEST_CASE("a platform is os/architecture, with or without a variant") {
    for (const std::string good : {"linux/amd64", "linux/arm/v7", "windows/amd64"})
        CHECK(is_platform(good));
    for (const std::string bad : {"", "linux", "linux/", "/amd64", "linux/arm/v7/x", "Linux/amd64", "a b/c"})
        CHECK_FALSE(is_platform(bad));
}
