#include "plan/cleanup/manifest.hpp"

#include "plan/names/labels.hpp"
#include "plan/names/tag_grammar.hpp"
#include "text/json.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace pr_image::plan::cleanup {

using boost::json::value;
using text::json_string;

namespace {

constexpr std::array<std::pair<std::string_view, ManifestType>, 4> kTypes{
    {{"application/vnd.oci.image.index.v1+json", ManifestType::oci_index},
     {"application/vnd.docker.distribution.manifest.list.v2+json", ManifestType::docker_list},
     {"application/vnd.oci.image.manifest.v1+json", ManifestType::oci_image},
     {"application/vnd.docker.distribution.manifest.v2+json", ManifestType::docker_image}}};

/// The name of an annotation has dots, which a path would take apart.
std::string annotation(const value& holder, std::string_view name) {
    const value* annotations = text::find_json(holder, "annotations");
    if (annotations == nullptr || !annotations->is_object()) return {};
    const value* found = annotations->get_object().if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// BuildKit marks attestation manifests by annotation, and gives them a platform that nothing can run.
bool is_runnable(const value& descriptor) {
    const value* annotations = text::find_json(descriptor, "annotations");
    if (annotations != nullptr && annotations->is_object() &&
        annotations->get_object().contains(kReferenceTypeAnnotation)) {
        return false;
    }
    return json_string(descriptor, "platform.os") != "unknown";
}

constexpr std::string_view kAttestationType = "application/vnd.docker.attestation.manifest.v1+json";
constexpr std::string_view kStatementType = "application/vnd.in-toto+json";

/// What BuildKit calls an attestation by its artifact type, or by layers that are statements and nothing
/// else.
bool is_attestation(const value& manifest) {
    if (json_string(manifest, "artifactType") == kAttestationType) return true;
    const value* layers = text::find_json(manifest, "layers");
    return layers != nullptr && layers->is_array() && !layers->get_array().empty() &&
           std::ranges::all_of(layers->get_array(), [](const value& layer) {
               return json_string(layer, "mediaType") == kStatementType;
           });
}

/// Only an index of ours, in the shape that make_journals() gives it, is a journal.
std::optional<JournalMark> read_journal(const value& manifest) {
    if (json_string(manifest, "artifactType") != kJournalArtifactType) return std::nullopt;
    if (json_string(manifest, "mediaType") != media_type(ManifestType::oci_index)) return std::nullopt;
    std::string tag = annotation(manifest, kJournalTagAnnotation);
    if (read_tag(tag).kind != TagKind::journal) return std::nullopt;
    return JournalMark{.tag = std::move(tag),
                       .created = text::read_timestamp(annotation(manifest, kCreatedLabel))};
}

Result<Descriptor> parse_descriptor(const value& descriptor) {
    Result<Digest> digest = Digest::parse(json_string(descriptor, "digest"));
    if (!digest) return text::fail("Malformed manifest", digest.error().why);
    std::optional<Digest> attested;
    if (Result<Digest> image = Digest::parse(annotation(descriptor, kAttestedAnnotation))) {
        attested = *std::move(image);
    }
    return Descriptor{.digest = *std::move(digest),
                      .type = manifest_type(json_string(descriptor, "mediaType")),
                      .size = text::json_number(descriptor, "size").value_or(0),
                      .runnable = is_runnable(descriptor),
                      .attested = std::move(attested)};
}

}  // namespace

ManifestType manifest_type(std::string_view media_type) {
    const std::string bare = text::to_lower(text::trim(media_type.substr(0, media_type.find(';'))));
    const auto* known = std::ranges::find(kTypes, bare, &std::pair<std::string_view, ManifestType>::first);
    return known == kTypes.end() ? ManifestType::unknown : known->second;
}

std::string_view media_type(ManifestType type) {
    if (type == ManifestType::unknown) type = ManifestType::oci_image;
    return std::ranges::find(kTypes, type, &std::pair<std::string_view, ManifestType>::second)->first;
}

Result<Manifest> parse_manifest(std::string_view bytes, std::string_view content_type) {
    TRY_ASSIGN(value parsed, text::parse_json(bytes, "manifest"));
    if (!parsed.is_object()) return text::fail("Malformed manifest", "it is not a JSON object");
    Manifest manifest;
    manifest.type = manifest_type(json_string(parsed, "mediaType"));
    if (manifest.type == ManifestType::unknown) manifest.type = manifest_type(content_type);

    if (const value* children = text::find_json(parsed, "manifests")) {
        if (!children->is_array()) return text::fail("Malformed manifest", "its manifests are no list");
        if (!is_index(manifest.type)) manifest.type = ManifestType::oci_index;
        for (const value& child : children->get_array()) {
            TRY_ASSIGN(Descriptor descriptor, parse_descriptor(child));
            manifest.children.push_back(std::move(descriptor));
        }
    }
    if (const std::string subject = json_string(parsed, "subject.digest"); !subject.empty()) {
        Result<Digest> digest = Digest::parse(subject);
        if (!digest) return text::fail("Malformed manifest", digest.error().why);
        manifest.subject = *std::move(digest);
    }
    if (Result<Digest> config = Digest::parse(json_string(parsed, "config.digest"))) {
        manifest.config = *std::move(config);
    }
    manifest.attestation = !is_index(manifest.type) && is_attestation(parsed);
    manifest.journal = read_journal(parsed);
    return manifest;
}

Result<ImageConfig> parse_image_config(std::string_view bytes) {
    TRY_ASSIGN(value parsed, text::parse_json(bytes, "image configuration"));
    const value* labels = text::find_json(parsed, "config.Labels");
    const auto label = [&](std::string_view name) -> std::string_view {
        if (labels == nullptr || !labels->is_object()) return {};
        const value* found = labels->get_object().if_contains(name);
        if (found == nullptr || !found->is_string()) return {};
        return found->get_string();
    };
    ImageConfig config{.branch = std::string(label(kBranchLabel)),
                       .created = text::read_timestamp(label(kCreatedLabel)),
                       .number = {},
                       .head_sha = std::string(label(kHeadShaLabel))};
    if (Result<PullRequestNumber> number = PullRequestNumber::parse(label(kNumberLabel))) {
        config.number = *std::move(number);
    }
    return config;
}

}  // namespace pr_image::plan::cleanup
