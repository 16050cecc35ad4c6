#include "plan/build/build_inputs.hpp"

#include "plan/build/default_context.hpp"
#include "plan/build/secret_inputs.hpp"
#include "plan/build/workspace_path.hpp"
#include "text/csv.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pr_image::plan {

using text::Commas;
using text::printable;

namespace {

bool is_graphic(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
}

void read_build_contexts(InputReader& read, Inputs& inputs, const std::string& workspace) {
    constexpr std::array<std::string_view, 3> elsewhere{"docker-image://", "oci-layout://", "target:"};
    for (const std::string& entry : read.list("build-contexts", Commas::keep)) {
        const auto pair = key_value(entry);
        if (!pair) {
            read.refuse("build-contexts", fmt::format("'{}' is not name=source", printable(entry)));
            continue;
        }
        const auto& [name, source] = *pair;
        const bool folder =
            !is_remote_context(source) && !names_default_context(source) &&
            std::ranges::none_of(elsewhere, [&](auto prefix) { return source.starts_with(prefix); });
        const std::optional<std::string> whole =
            folder ? read.take("build-contexts", workspace_path(source, workspace)) : source;
        if (whole) inputs.build.build_contexts.push_back(fmt::format("{}={}", name, *whole));
    }
}

void read_context(InputReader& read, Inputs& inputs, const std::string& workspace) {
    inputs.build.context = read.text("context", ".");
    inputs.build.file = read.text("file");
    if (is_remote_context(inputs.build.context) || names_default_context(inputs.build.context)) return;
    if (inputs.build.context.contains("{{")) {
        read.refuse("context", fmt::format("'{}' has a template other than {{{{defaultContext}}}} in front",
                                           printable(inputs.build.context)));
    }
    inputs.build.context =
        read.take("context", workspace_path(inputs.build.context, workspace)).value_or(".");
    if (!inputs.build.file.empty()) {
        inputs.build.file =
            read.take("file", workspace_path(inputs.build.file, workspace)).value_or(std::string());
    }
}

void read_outputs(InputReader& read, Inputs& inputs, const std::string& workspace) {
    for (const std::string& entry : read.list("outputs", Commas::keep, {.quotes = false})) {
        if (auto output = read.take("outputs", parse_output(entry, workspace))) {
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

void read_build(InputReader& read, const InputMap& environment, const std::string& workspace,
                Inputs& inputs) {
    read_context(read, inputs, workspace);
    inputs.build.target = read.text("target");
    inputs.build.build_args = read.list("build-args", Commas::keep);
    read_build_contexts(read, inputs, workspace);
    read_secrets(read, environment, workspace, inputs);
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
    read_outputs(read, inputs, workspace);
}

}  // namespace pr_image::plan
