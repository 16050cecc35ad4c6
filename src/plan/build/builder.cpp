#include "plan/build/builder.hpp"

#include "text/sha256.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace pr_image::plan {

namespace {

/// What the docker driver cannot do on this engine, in words; empty when it can
/// do everything.
std::string docker_driver_lacks(const BuilderNeeds& needs, const Facts& facts) {
    // Without a look the engine is assumed to be a current one.
    if (!facts.engine || facts.engine->containerd_image_store) return {};
    if (needs.several_platforms) return "build for several platforms";
    if (needs.cache_export) return "export a cache";
    if (needs.cache_service) return "read GitHub's cache";
    if (needs.several_outputs) return "write several outputs from one build";
    if (needs.oci_output) return "write an OCI layout";
    if (needs.attestations) return "attach provenance or an SBOM";
    return {};
}

std::string made_builder_name(const Builder& builder) {
    std::string options =
        (builder.buildkitd_config ? builder.buildkitd_config->string() : "") + "\n" + builder.endpoint;
    for (const DriverOption& option : builder.driver_opts)
        options += "\n" + option.text();
    for (const BuilderNode& node : builder.nodes) {
        options += fmt::format("\n\n{}\n{}", text::join(node.platforms, ","), node.endpoint);
        for (const DriverOption& option : node.driver_opts)
            options += "\n" + option.text();
    }
    std::string plain = fmt::format("pr-image-{}", to_string(builder.driver));
    if (options == "\n") return plain;
    return fmt::format("{}-{}", plain, text::sha256(options).hex().substr(0, 8));
}

Result<Builder> made_builder(const BuilderInputs& inputs, const Grants& grants, const BuilderNeeds& needs,
                             Driver driver, std::string why) {
    Builder builder{.driver = driver, .name = {}, .why = std::move(why)};
    builder.driver_opts = inputs.driver_opts;
    builder.buildkitd_config = inputs.buildkitd_config;
    builder.endpoint = inputs.endpoint;
    builder.nodes = inputs.nodes;
    const bool has_network = driver_option(builder.driver_opts, "network").has_value();
    const bool may_add = grants.has(Grant::host_network) && !has_network;
    if (driver == Driver::docker_container && needs.loopback_registry && may_add) {
        builder.driver_opts.push_back({"network", "host"});
    }
    TRY(check_driver_options(builder.driver_opts, to_string(driver), "driver-opts"));
    for (const BuilderNode& node : builder.nodes) {
        TRY(check_driver_options(node.driver_opts, to_string(driver), "nodes"));
    }
    builder.name = made_builder_name(builder);
    return builder;
}

/// What a network address leads to is a BuildKit; docker's own way to an engine
/// elsewhere is ssh or a context.
Driver driver_of_nodes(const std::vector<BuilderNode>& nodes) {
    const bool remote = std::ranges::all_of(nodes, [](const BuilderNode& node) {
        return node.endpoint.contains("://") && !node.endpoint.starts_with("ssh://");
    });
    return remote ? Driver::remote : Driver::docker_container;
}

/// A driver option or a configuration can put BuildKit into the host's network
/// or allow its steps everything; which of them do that is for BuildKit to say,
/// so none stays.
BuilderInputs granted_inputs(BuilderInputs inputs, const Grants& grants, std::vector<Warning>& warnings) {
    if (grants.has(Grant::builder_options)) return inputs;
    const auto drop = [&]<typename Value>(std::string_view input, Value& value) {
        if (value == Value()) return;
        value = Value();
        warnings.push_back({"Builder options left out",
                            fmt::format("The code is not trusted, so the builder is made without what "
                                        "input {} says.",
                                        input)});
    };
    drop("driver-opts", inputs.driver_opts);
    drop("buildkitd-config", inputs.buildkitd_config);
    for (BuilderNode& node : inputs.nodes)
        drop("nodes: driver-opts", node.driver_opts);
    return inputs;
}

}  // namespace

Result<Builder> choose_builder(const BuilderInputs& given, const Grants& grants, const BuilderNeeds& needs,
                               const Facts& facts, std::vector<Warning>& warnings) {
    const BuilderInputs inputs = granted_inputs(given, grants, warnings);
    if (!inputs.name.empty()) {
        Builder builder{.driver = Driver::docker_container, .name = inputs.name, .existing = true, .why = {}};
        for (const Driver driver :
             {Driver::docker, Driver::docker_container, Driver::remote, Driver::kubernetes}) {
            if (facts.builder_driver == to_string(driver)) builder.driver = driver;
        }
        builder.why = "input builder names it";
        return builder;
    }
    const std::string lacks = docker_driver_lacks(needs, facts);
    switch (inputs.driver) {
        case Driver::docker:
            if (!lacks.empty()) {
                return text::fail("Invalid input 'driver'",
                                  fmt::format("docker cannot {} on this engine ({}), "
                                              "whose containerd image store is off",
                                              lacks, facts.engine->version),
                                  "Use driver: auto or docker-container, or turn the "
                                  "containerd image store on.");
            }
            return Builder{.driver = Driver::docker, .name = "default", .why = "input driver asks for it"};
        case Driver::docker_container:
        case Driver::remote:
        case Driver::kubernetes:
            return made_builder(inputs, grants, needs, inputs.driver, "input driver asks for it");
        case Driver::automatic:
            break;
    }
    if (!inputs.nodes.empty()) {
        return made_builder(inputs, grants, needs, driver_of_nodes(inputs.nodes), "nodes are given");
    }
    if (!inputs.driver_opts.empty() || inputs.buildkitd_config || !inputs.endpoint.empty()) {
        return made_builder(inputs, grants, needs, Driver::docker_container,
                            "driver-opts, buildkitd-config or endpoint is given, "
                            "which the docker driver does not take");
    }
    if (!lacks.empty()) {
        return made_builder(inputs, grants, needs, Driver::docker_container,
                            fmt::format("the engine's own builder cannot {} "
                                        "without the containerd image store",
                                        lacks));
    }
    return Builder{.driver = Driver::docker,
                   .name = "default",
                   .why =
                       "the engine's own builder can do all that this build "
                       "needs, without a start of its own"};
}

std::vector<std::string> platforms_without_node(const Builder& builder,
                                                const std::vector<std::string>& platforms) {
    std::vector<std::string> lonely;
    if (builder.nodes.empty()) return lonely;
    std::ranges::copy_if(platforms, std::back_inserter(lonely), [&](const std::string& platform) {
        return std::ranges::none_of(builder.nodes, [&](const BuilderNode& node) {
            return std::ranges::find(node.platforms, platform) != node.platforms.end();
        });
    });
    return lonely;
}

}  // namespace pr_image::plan
