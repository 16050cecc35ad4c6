#include "plan/build/build_inputs.hpp"

#include "plan/build/build_source.hpp"
#include "plan/build/secret_inputs.hpp"
#include "text/csv.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::Commas;
using text::printable;

namespace {

bool is_graphic(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
}

void read_build_contexts(InputReader& read, Inputs& inputs) {
    for (const std::string& entry : read.list("build-contexts", Commas::keep)) {
        const auto pair = key_value(entry);
        if (!pair) {
            read.refuse("build-contexts", fmt::format("'{}' is not name=source", printable(entry)));
            continue;
        }
        const auto& [name, written] = *pair;
        if (auto source = read.take("build-contexts", open_named_context(written, read.paths())))
            inputs.build.build_contexts.push_back({name, *std::move(source)});
    }
}

void read_context(InputReader& read, Inputs& inputs) {
    if (auto context = read.take("context", open_context(read.text("context", "."), read.paths())))
        inputs.build.context = *std::move(context);
    if (auto file = read.take("file", open_dockerfile(read.text("file"), inputs.build.context, read.paths())))
        inputs.build.file = *std::move(file);
}

void read_outputs(InputReader& read, Inputs& inputs) {
    for (const std::string& entry : read.list("outputs", Commas::keep, {.quotes = false})) {
        if (auto output = read.take("outputs", parse_output(entry, read.paths()))) {
            inputs.build.outputs.push_back(*std::move(output));
        }
    }
}

void read_attestations(InputReader& read, Inputs& inputs) {
    for (const std::string& entry : read.list("attests", Commas::keep)) {
        const auto attestation = read.take("attests", parse_attestation(entry));
        if (!attestation) continue;
        const auto same = std::ranges::find(inputs.build.attests, attestation->type, &Attestation::type);
        if (same != inputs.build.attests.end()) {
            read.refuse("attests", fmt::format("type={} is there twice", to_string(attestation->type)),
                        "buildx would ignore one of them: put all attributes into one entry.");
        }
        inputs.build.attests.push_back(*attestation);
    }
    const auto one = [&](std::string_view name, AttestationType type) {
        const std::string given = read.text(name);
        return given.empty() ? std::nullopt : read.take(name, parse_attestation(type, given));
    };
    inputs.build.provenance = one("provenance", AttestationType::provenance);
    inputs.build.sbom = one("sbom", AttestationType::sbom);
}

/// One word for buildx, which says itself what it makes of it.
std::string read_word(InputReader& read, std::string_view name) {
    std::string word = read.text(name);
    if (!is_graphic(word)) read.refuse(name, fmt::format("'{}' is more than one word", printable(word)));
    return word;
}

}  // namespace

void read_build(InputReader& read, const InputMap& environment, Inputs& inputs) {
    read_context(read, inputs);
    inputs.build.target = read.text("target");
    inputs.build.build_args = read.list("build-args", Commas::keep);
    read_build_contexts(read, inputs);
    read_secrets(read, environment, inputs);
    inputs.build.ssh = read.list("ssh", Commas::split);
    inputs.build.no_cache = read.boolean("no-cache", false);
    inputs.build.no_cache_filters = read.list("no-cache-filters", Commas::split);
    inputs.build.pull = read.boolean("pull", false);
    inputs.handover.load = read.boolean("load", false);
    inputs.build.add_hosts = read.list("add-hosts", Commas::split);
    inputs.build.allow = read.list("allow", Commas::split);
    inputs.build.call = read_word(read, "call");
    inputs.build.cgroup_parent = read_word(read, "cgroup-parent");
    inputs.build.network = read_word(read, "network");
    inputs.build.shm_size = read_word(read, "shm-size");
    inputs.build.ulimits = read.list("ulimit", Commas::keep);
    read_attestations(read, inputs);
    const auto no_attestations = environment.find("BUILDX_NO_DEFAULT_ATTESTATIONS");
    inputs.build.default_attestations = no_attestations == environment.end() ||
                                        no_attestations->second.empty() || no_attestations->second == "0" ||
                                        text::to_lower(no_attestations->second) == "false";
    read_outputs(read, inputs);
}

}  // namespace pr_image::plan
