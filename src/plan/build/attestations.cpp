#include "plan/build/attestations.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

namespace {

bool is_provenance(const Attestation& attestation) {
    return attestation.type == AttestationType::provenance;
}

Attestation with_builder_id(Attestation attestation, const Event& event) {
    if (!attestation.disabled && !attestation.attributes.contains("builder-id")) {
        attestation.attributes.set(
            "builder-id", fmt::format("{}/{}/actions/runs/{}/attempts/{}", event.server_url, event.repository,
                                      event.run_id, event.run_attempt));
    }
    return attestation;
}

}  // namespace

bool wants_attestations(const Inputs& inputs) {
    const auto wanted = [](const std::optional<Attestation>& given) { return given && !given->disabled; };
    return wanted(inputs.build.provenance) || wanted(inputs.build.sbom) || !inputs.build.attests.empty();
}

std::vector<Attestation> attestations(const Event& event, const Inputs& inputs,
                                      const AttestationGrounds& grounds) {
    const BuildInputs& build = inputs.build;
    std::vector<Attestation> all;
    if (build.provenance) {
        all.push_back(with_builder_id(*build.provenance, event));
    } else if (std::ranges::none_of(build.attests, is_provenance) && build.default_attestations &&
               grounds.supported && !grounds.loads) {
        // All build arguments are in the full provenance, and a private repository's are nobody's business.
        Attestation own;
        own.attributes.set("mode", event.private_repository ? "min" : "max");
        if (event.private_repository) own.attributes.set("inline-only", "true");
        all.push_back(with_builder_id(std::move(own), event));
    }
    if (build.sbom) all.push_back(*build.sbom);
    for (const Attestation& listed : build.attests) {
        if (is_provenance(listed)) {
            if (!build.provenance) all.push_back(with_builder_id(listed, event));
        } else if (!build.sbom) {
            all.push_back(listed);
        }
    }
    return all;
}

Attestation without_run(Attestation attestation) {
    const std::string* id = attestation.attributes.find("builder-id");
    if (id != nullptr && id->contains("/actions/runs/")) attestation.attributes.take("builder-id");
    return attestation;
}

}  // namespace pr_image::plan
