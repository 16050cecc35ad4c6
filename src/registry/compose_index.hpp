#pragma once

#include "registry/descriptor.hpp"
#include "registry/manifest.hpp"
#include "text/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::registry {

/// One entry of an index.
struct IndexEntry {
    Descriptor descriptor;
    std::string json;  ///< as it was found, with the fields that Descriptor does not know
};

/// Takes an index's bytes; gives its entries in order. Errors: those of parse_index().
Result<std::vector<IndexEntry>> index_entries(std::string_view bytes);

/// Gives the entry for a manifest that is in no index yet (OCI image spec, image-index.md).
IndexEntry make_entry(const RawManifest& manifest, const Platform& platform);

/// Takes entries in the order that they shall have; gives the index of exactly those: an OCI index, or
/// docker's list where every entry is docker's and nothing is annotated, as BuildKit has it. The same entries
/// give the same bytes.
RawManifest compose_index(const std::vector<IndexEntry>& entries, const Annotations& annotations);

/// Takes an index's entries and one of its images; gives the attestations about it: those whose annotation
/// vnd.docker.reference.digest names it (moby/buildkit, docs/attestations/attestation-storage.md).
std::vector<IndexEntry> attestations_of(const std::vector<IndexEntry>& entries, const Digest& image);

}  // namespace pr_image::registry
