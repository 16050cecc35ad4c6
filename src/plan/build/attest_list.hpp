#pragma once

#include "plan/build/option_list.hpp"
#include "text/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

enum class AttestationType { provenance, sbom };

/// Gives the name that buildx uses.
std::string_view to_string(AttestationType type);

/// One attestation, as `--attest` of docker buildx build takes it.
struct Attestation {
    AttestationType type = AttestationType::provenance;
    bool disabled = false;
    Attributes attributes;  ///< all but the type; none where it is disabled

    /// The attestation as buildx gets it.
    [[nodiscard]] std::string text() const;
    bool operator==(const Attestation&) const = default;
};

/// Takes an entry of input `attests`. Errors: what buildx or BuildKit refuses, or ignores without a word (a
/// type or value that nobody knows, a key of provenance in capitals, which buildx passes on as it is). A bare
/// boolean says whether the attestation is wanted. Rules: docker/actions-toolkit's
/// Build.resolveAttestationAttrs, buildx's util/buildflags/attests.go, BuildKit's frontend/attestations.
Result<Attestation> parse_attestation(std::string_view entry);

/// Takes input `provenance` or `sbom`: a boolean, or attributes as in an entry of input `attests`. Errors:
/// the same, and a word that is neither.
Result<Attestation> parse_attestation(AttestationType type, std::string_view value);

}  // namespace pr_image::plan
