#include "plan/build/builder.hpp"

#include "unit/plan/examples.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace pr_image;
using namespace pr_image::plan;
using namespace pr_image::plan::examples;

namespace {

using Strings = std::vector<std::string>;

/// For code that may have all of it.
Result<Builder> choose_builder(const Inputs& given, const BuilderNeeds& needs, const Facts& found) {
    std::vector<Warning> warnings;
    Result<Builder> builder =
        plan::choose_builder(given.builder, grants_for(push_main()), needs, found, warnings);
    CHECK(warnings.empty());
    return builder;
}

}  // namespace

TEST_CASE("the engine's own builder is taken when it can do all that is needed, otherwise a container") {
    const auto [what, needs, with_store, without_store] =
        GENERATE(table<std::string, BuilderNeeds, Driver, Driver>({
            {"nothing special", {}, Driver::docker, Driver::docker},
            {"several platforms", {.several_platforms = true}, Driver::docker, Driver::docker_container},
            {"a cache to write", {.cache_export = true}, Driver::docker, Driver::docker_container},
            {"GitHub's cache", {.cache_service = true}, Driver::docker, Driver::docker_container},
            {"several outputs", {.several_outputs = true}, Driver::docker, Driver::docker_container},
            {"attestations", {.attestations = true}, Driver::docker, Driver::docker_container},
            {"a registry on loopback", {.loopback_registry = true}, Driver::docker, Driver::docker},
        }));
    CAPTURE(what);
    const Result<Builder> with = choose_builder(inputs(), needs, facts());
    const Result<Builder> without = choose_builder(inputs(), needs, facts_without_containerd_store());
    CHECK(with->driver == with_store);
    CHECK(without->driver == without_store);
    CHECK_FALSE(with->why.empty());
    CHECK(without->why.contains("containerd image store") == (without_store == Driver::docker_container));
    CHECK_FALSE(with->existing);
    CHECK_FALSE(without->existing);
}

TEST_CASE("an engine that nobody looked at is assumed to be a current one") {
    CHECK(choose_builder(inputs(), {.several_platforms = true}, Facts{})->driver == Driver::docker);
}

TEST_CASE("the engine's own builder is called default") {
    CHECK(choose_builder(inputs(), {}, facts())->name == "default");
    CHECK(choose_builder(inputs({{"driver", "docker"}}), {}, facts())->name == "default");
}

TEST_CASE("input driver decides, and says what it cannot do here") {
    const auto [driver, chosen] = GENERATE(table<std::string, Driver>({
        {"docker", Driver::docker},
        {"docker-container", Driver::docker_container},
        {"remote", Driver::remote},
        {"kubernetes", Driver::kubernetes},
    }));
    CAPTURE(driver);
    InputMap raw{{"driver", driver}};
    if (driver == "remote") raw.emplace("endpoint", "tcp://buildkitd:1234");
    const Result<Builder> builder = choose_builder(inputs(raw), {.several_platforms = true}, facts());
    REQUIRE(builder);
    CHECK(builder->driver == chosen);
    CHECK(builder->why.contains("input driver"));

    const Result<Builder> without =
        choose_builder(inputs(raw), {.several_platforms = true}, facts_without_containerd_store());
    CHECK(without.has_value() == (chosen != Driver::docker));
    if (!without) CHECK(without.error().what == "Invalid input 'driver'");
    if (!without) CHECK(without.error().why.contains("several platforms"));
}

TEST_CASE("options that only a container takes bring one") {
    const auto [input, value] = GENERATE(table<std::string, std::string>({
        {"driver-opts", "image=moby/buildkit:v0.20.0"},
        {"buildkitd-config", "buildkitd.toml"},
        {"endpoint", "tcp://other-engine:2375"},
    }));
    CAPTURE(input);
    const Result<Builder> builder = choose_builder(inputs({{input, value}}), {}, facts());
    CHECK(builder->driver == Driver::docker_container);
    CHECK(builder->why.contains(input));
}

TEST_CASE("a made builder carries its options and has one stable name for them") {
    const Inputs plain = inputs({{"driver", "docker-container"}});
    const Inputs tuned = inputs({{"driver", "docker-container"},
                                 {"driver-opts", "network=host\nimage=x"},
                                 {"buildkitd-config", "buildkitd.toml"},
                                 {"endpoint", "tcp://x:1"}});
    const Builder builder = choose_builder(tuned, {}, facts()).value();
    CHECK(texts(builder.driver_opts) == Strings{"network=host", "image=x"});
    CHECK(builder.buildkitd_config->string() == "/github/workspace/buildkitd.toml");
    CHECK(builder.endpoint == "tcp://x:1");
    CHECK(builder.name.starts_with("pr-image-docker-container-"));
    CHECK(builder.name == choose_builder(tuned, {.several_platforms = true}, facts())->name);

    CHECK(choose_builder(plain, {}, facts())->name == "pr-image-docker-container");
    CHECK(choose_builder(inputs(), {.cache_export = true}, facts_without_containerd_store())->name ==
          "pr-image-docker-container");
    CHECK(choose_builder(inputs({{"driver", "kubernetes"}}), {}, facts())->name == "pr-image-kubernetes");
}

TEST_CASE("other options are another builder") {
    const auto named = [](const std::string& input, const std::string& value) {
        return choose_builder(inputs({{"driver", "docker-container"}, {input, value}}), {}, facts())->name;
    };
    const Strings names{named("driver-opts", ""),           named("driver-opts", "image=x"),
                        named("driver-opts", "image=y"),    named("driver-opts", "image=x\nmemory=1g"),
                        named("endpoint", "image=x"),       named("buildkitd-config", "a.toml"),
                        named("buildkitd-config", "b.toml")};
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = i + 1; j < names.size(); ++j)
            CHECK(names[i] != names[j]);
    }
}

TEST_CASE("a container reaches a registry on this machine's loopback only in the host's network") {
    const BuilderNeeds needs{.loopback_registry = true};
    CHECK(texts(choose_builder(inputs({{"driver", "docker-container"}}), needs, facts())->driver_opts) ==
          Strings{"network=host"});
    const Inputs mine = inputs({{"driver", "docker-container"}, {"driver-opts", "image=x,network=mine"}});
    CHECK(texts(choose_builder(mine, needs, facts())->driver_opts) == Strings{"image=x", "network=mine"});
    CHECK(choose_builder(inputs({{"driver", "docker-container"}}), {}, facts())->driver_opts.empty());
    CHECK(choose_builder(inputs({{"driver", "kubernetes"}}), needs, facts())->driver_opts.empty());
    CHECK(choose_builder(inputs({{"driver", "docker-container"}}), needs, facts())->name !=
          choose_builder(inputs({{"driver", "docker-container"}}), {}, facts())->name);
}

TEST_CASE("an option that the chosen driver does not have is refused under its input") {
    const auto what = [](const InputMap& raw) {
        const Result<Builder> builder = choose_builder(inputs(raw), {}, facts());
        return builder ? std::string() : builder.error().what;
    };
    CHECK(what({{"driver", "kubernetes"}, {"driver-opts", "network=host"}}) == "Invalid input 'driver-opts'");
    CHECK(what({{"driver-opts", "namespace=x"}}) == "Invalid input 'driver-opts'");
    CHECK(what({{"nodes", "platform=linux/arm64,endpoint=tcp://a:1,driver-opts=network=host"}}) ==
          "Invalid input 'nodes'");
    CHECK(what({{"nodes", "platform=linux/arm64,endpoint=ssh://a,driver-opts=network=host"}}).empty());
}

TEST_CASE("a builder that input builder names is attached to as what it is") {
    const auto [looked, driver] = GENERATE(table<std::string, Driver>({
        {"docker", Driver::docker},
        {"docker-container", Driver::docker_container},
        {"remote", Driver::remote},
        {"kubernetes", Driver::kubernetes},
        {"", Driver::docker_container},
        {"cloud", Driver::docker_container},
    }));
    CAPTURE(looked);
    Facts found = facts_without_containerd_store();
    found.builder_driver = looked;
    const Builder builder =
        choose_builder(inputs({{"builder", "mine"}}), {.several_platforms = true}, found).value();
    CHECK(builder.name == "mine");
    CHECK(builder.existing);
    CHECK(builder.driver == driver);
    CHECK(builder.driver_opts.empty());
}

TEST_CASE("nodes make a builder of their own, of the driver that their addresses are for") {
    const auto [driver, nodes, chosen] = GENERATE(table<std::string, std::string, Driver>({
        {"auto", "platform=linux/amd64,endpoint=tcp://a:1\nplatform=linux/arm64,endpoint=unix:///b",
         Driver::remote},
        {"auto", "platform=linux/amd64\nplatform=linux/arm64,endpoint=ssh://b", Driver::docker_container},
        {"auto", "platform=linux/amd64\nplatform=linux/arm64,endpoint=a-context", Driver::docker_container},
        {"docker-container", "platform=linux/arm64,endpoint=tcp://engine:2376", Driver::docker_container},
        {"kubernetes", "platform=linux/amd64\nplatform=linux/arm64", Driver::kubernetes},
    }));
    CAPTURE(driver, nodes);
    const Builder builder =
        choose_builder(inputs({{"driver", driver}, {"nodes", nodes}}), {}, facts()).value();
    CHECK(builder.driver == chosen);
    CHECK_FALSE(builder.nodes.empty());
    CHECK(builder.name.starts_with(std::string("pr-image-") + std::string(to_string(chosen)) + "-"));
}

TEST_CASE("other nodes are another builder") {
    const auto named = [](const std::string& nodes) {
        return choose_builder(inputs({{"nodes", nodes}}), {}, facts())->name;
    };
    const Strings names{
        named("platform=linux/amd64,endpoint=tcp://a:1"), named("platform=linux/arm64,endpoint=tcp://a:1"),
        named("platform=linux/amd64,endpoint=tcp://b:1"),
        named("platform=linux/amd64,endpoint=tcp://a:1,driver-opts=key=/k"),
        named("platform=linux/amd64,endpoint=tcp://a:1\nplatform=linux/arm64,endpoint=tcp://b:1")};
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = i + 1; j < names.size(); ++j)
            CHECK(names[i] != names[j]);
    }
}

TEST_CASE("a platform that no node is for is told, and a builder without nodes has none to lack") {
    const Builder builder =
        choose_builder(inputs({{"nodes", "platform=linux/amd64,endpoint=tcp://a:1"}}), {}, facts()).value();
    CHECK(platforms_without_node(builder, {"linux/amd64", "linux/s390x"}) == Strings{"linux/s390x"});
    CHECK(platforms_without_node(choose_builder(inputs(), {}, facts()).value(), {"linux/s390x"}).empty());
}

TEST_CASE("no option and no configuration puts the builder of an untrusted fork into the host's network") {
    // Whatever is said, in whichever spelling, and whether or not it would be harmless.
    const InputMap raw = GENERATE(values<InputMap>({
        {{"driver-opts", "network=host"}},
        {{"driver-opts", "\"network=host\""}},
        {{"driver-opts", "image=x,network=host"}},
        {{"driver-opts", "image=x\nnetwork=host"}},
        {{"driver-opts", "network=container:registry"}},
        {{"driver-opts", "env.BUILDKIT_HOST=x"}},
        {{"buildkitd-config", "buildkitd.toml"}},
        {{"driver-opts", "network=host"}, {"buildkitd-config", "buildkitd.toml"}},
        {{"nodes", "platform=linux/amd64,driver-opts=network=host"}},
        {{"nodes", "platform=linux/amd64,\"driver-opts=image=x,network=host\""}},
        {{"nodes",
          "platform=linux/amd64,driver-opts=network=host\n"
          "platform=linux/arm64,endpoint=ssh://arm64,driver-opts=network=host"}},
    }));
    for (const auto& [name, value] : raw)
        UNSCOPED_INFO(name << ": " << value);
    InputMap given = raw;
    given.emplace("driver", "docker-container");
    const BuilderInputs asked = inputs(given).builder;
    std::vector<Warning> warnings;
    const Builder builder =
        plan::choose_builder(asked, grants_for_fork_let_in(), {}, facts(), warnings).value();
    CHECK(builder.driver_opts.empty());
    CHECK_FALSE(builder.buildkitd_config);
    for (const BuilderNode& node : builder.nodes)
        CHECK(node.driver_opts.empty());
    CHECK(builder.nodes.size() == asked.nodes.size());
    REQUIRE_FALSE(warnings.empty());
    CHECK(warnings.front().title == "Builder options left out");

    // Who has nothing to steal, and who is trusted, keeps all of it.
    for (const Event& event : {fork_pull_request(), same_repository_pull_request(), push_main()}) {
        warnings.clear();
        const Builder kept = plan::choose_builder(asked, grants_for(event), {}, facts(), warnings).value();
        CHECK(kept.driver_opts == asked.driver_opts);
        CHECK(kept.buildkitd_config == asked.buildkitd_config);
        CHECK(warnings.empty());
    }
}

TEST_CASE("a registry on loopback does not bring an untrusted fork's steps into the host's network") {
    const BuilderNeeds needs{.loopback_registry = true};
    const BuilderInputs asked = inputs({{"driver", "docker-container"}}).builder;
    std::vector<Warning> warnings;
    const auto options = [&](const Grants& grants) {
        return texts(plan::choose_builder(asked, grants, needs, facts(), warnings)->driver_opts);
    };
    CHECK(options(grants_for_fork_let_in()).empty());
    CHECK(options(grants_for(fork_pull_request())) == Strings{"network=host"});
    CHECK(options(grants_for(same_repository_pull_request())) == Strings{"network=host"});
    // Its builder is not the one that trusted code of the same job has made.
    const std::string of_fork =
        plan::choose_builder(asked, grants_for_fork_let_in(), needs, facts(), warnings)->name;
    CHECK(of_fork != plan::choose_builder(asked, grants_for(push_main()), needs, facts(), warnings)->name);
}
