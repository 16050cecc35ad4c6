#pragma once

#include "plan/inputs.hpp"
#include "plan/who/event.hpp"

#include <vector>

namespace pr_image::plan {

/// What decides whether an image gets provenance that nobody asked for.
struct AttestationGrounds {
    bool loads = false;     ///< some output is a docker image, which holds no attestations
    bool supported = true;  ///< the builder can attach them
};

/// True when `provenance`, `sbom` or `attests` ask for an attestation.
bool wants_attestations(const Inputs& inputs);

/// Takes inputs `provenance`, `sbom` and `attests`; gives what the image gets. `provenance` and
/// `sbom` win over entries of the same type in `attests`. Without a word about provenance an image that is
/// not loaded gets it: everything of a public repository, the minimum of a private one. The builder's id is
/// this run's address unless one is given. Rule:
/// docker/build-push-action's src/context.ts (getAttestArgs) and the toolkit's src/buildx/build.ts.
std::vector<Attestation> attestations(const Event& event, const Inputs& inputs,
                                      const AttestationGrounds& grounds);

/// Gives an attestation without the builder's id of this or any other run: what makes two builds the same.
Attestation without_run(Attestation attestation);

}  // namespace pr_image::plan
