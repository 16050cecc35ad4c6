#include "plan/build/driver_options.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <string>
#include <vector>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;
using Strings = std::vector<std::string>;

TEST_CASE("driver options are split, and the last of two with the same key counts") {
    const auto [entries, written] = GENERATE(table<Strings, Strings>({
        {{"network=host"}, {"network=host"}},
        {{"image=a,network=host"}, {"image=a", "network=host"}},
        {{"network=a", "network=b,image=x"}, {"network=b", "image=x"}},
        {{"\"env.A=a,network=host\""}, {"\"env.A=a,network=host\""}},
        {{"\"nodeselector=a=b,c=d\""}, {"\"nodeselector=a=b,c=d\""}},
        {{"default-load=T"}, {"default-load=true"}},
        {{"env.PATH= x "}, {"env.PATH= x "}},
        {{"timeout=2m"}, {"timeout=2m"}},
    }));
    CAPTURE(entries);
    const auto options = parse_driver_options(entries);
    REQUIRE(options);
    CHECK(texts(*options) == written);
    CHECK(parse_driver_options(texts(*options)).value() == *options);
}

TEST_CASE("a driver option that no driver would take is refused, with what was meant") {
    const auto [entry, fix] = GENERATE(table<std::string, std::string>({
        {"Network=host", "network"},
        {" network=host", "network"},
        {"network =host", "network"},
        {"netwrok=host", "network"},
        {"unheard-of=x", "Use one of"},
        {"env.=x", "Use one of"},
        {"=x", "Use one of"},
        {"network", "quotes"},
        {"network=host,", "quotes"},
        {"\"network=host", "quotes"},
        {"default-load=yes", "default-load=true"},
        {"cpu-quota=much", ""},
        {"loadbalance=round", "sticky, random"},
    }));
    CAPTURE(entry);
    const auto refused = parse_driver_options({entry});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fix.contains(fix));
}

TEST_CASE("each driver has options of its own") {
    const auto [entry, container, remote, kubernetes] = GENERATE(table<std::string, bool, bool, bool>({
        {"network=host", true, false, false},
        {"image=x", true, false, true},
        {"env.A=b", true, false, true},
        {"cert=/c", false, true, false},
        {"namespace=x", false, false, true},
        {"default-load=true", true, true, true},
    }));
    CAPTURE(entry);
    const auto options = parse_driver_options({entry}).value();
    const auto has = [&](std::string_view driver) {
        return check_driver_options(options, driver, "driver-opts").has_value();
    };
    CHECK(has("docker-container") == container);
    CHECK(has("remote") == remote);
    CHECK(has("kubernetes") == kubernetes);
    CHECK(
        check_driver_options(parse_driver_options({"namespace=x"}).value(), "remote", "nodes").error().what ==
        "Invalid input 'nodes'");
}

TEST_CASE("a builder in the host's network is seen however its option is spelled") {
    const auto [entries, joins] = GENERATE(table<Strings, bool>({
        {{"network=host"}, true},
        {{"image=x,network=host"}, true},
        {{"\"network=host\""}, true},
        {{"network=bridge,network=host"}, true},
        {{"network=bridge", "image=x", "network=host"}, true},
        {{"network=container:registry"}, true},
        {{"network=host", "network=bridge"}, false},
        {{"network=hosts"}, false},
        {{"network="}, false},
        {{"\"env.A=a,network=host\""}, false},
        {Strings{}, false},
    }));
    CAPTURE(entries);
    CHECK(joins_host_network(parse_driver_options(entries).value()) == joins);
}
