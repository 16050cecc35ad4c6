#include "plan/build/attest_list.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pr_image::plan {

using text::printable;

namespace {

constexpr std::array<std::string_view, 2> kAttestationTypes{"provenance", "sbom"};
/// The generator gets whatever else is written.
constexpr std::array<OptionKey, 1> kSbomKeys{{{"generator"}}};
constexpr std::array<OptionKey, 8> kProvenanceKeys{
    {{.name = "mode", .kind = ValueKind::choice, .choices = "min max full"},
     {"builder-id"},
     {"filename"},
     {"version"},
     {.name = "reproducible", .kind = ValueKind::boolean},
     {.name = "inline-only", .kind = ValueKind::boolean},
     {.name = "capture-usage", .kind = ValueKind::boolean},
     {.name = "complete-materials", .kind = ValueKind::boolean}}};

/// A bare boolean is the toolkit's short form. White space around a field does not belong to it.
Result<std::vector<std::string>> attestation_fields(std::string_view entry, const RefuseEntry& refuse) {
    const Result<std::vector<std::string>> written = option_fields(entry);
    if (!written) return refuse.because(written.error());
    std::vector<std::string> fields;
    for (const std::string& field : *written) {
        const std::string_view trimmed = text::trim(field);
        const std::optional<bool> wanted = parse_go_bool(trimmed);
        fields.push_back(wanted ? fmt::format("disabled={}", !*wanted) : std::string(trimmed));
    }
    return fields;
}

Result<Attributes> attestation_attributes(const std::vector<std::string>& fields, const RefuseEntry& refuse) {
    const Result<Attributes> written = option_attributes(fields, KeySpelling::exact);
    if (!written) {
        for (const std::string& field : fields) {
            constexpr std::array<std::string_view, 6> kYes{"yes", "on", "y", "enabled", "no", "off"};
            const auto said = std::ranges::find(kYes, text::to_lower(field));
            if (said == kYes.end()) continue;
            return refuse(fmt::format("has '{}', which is neither true nor false", printable(field)),
                          fmt::format("Did you mean {}?", said < kYes.begin() + 4 ? "true" : "false"));
        }
        return refuse.because(written.error());
    }
    Attributes attributes;
    for (const auto& [key, value] : *written) {
        const std::string plain = text::to_lower(text::trim(key));
        attributes.set(plain == "type" || plain == "disabled" ? plain : key, value);
    }
    return attributes;
}

Result<Attestation> make(AttestationType type, Attributes attributes, const RefuseEntry& refuse) {
    Attestation attestation{.type = type};
    if (const std::optional<std::string> disabled = attributes.take("disabled")) {
        const std::optional<bool> is = parse_go_bool(*disabled);
        if (!is)
            return refuse(
                fmt::format("has disabled='{}', which is neither true nor false", printable(*disabled)));
        attestation.disabled = *is;
    }
    Result<Attributes> checked = type == AttestationType::sbom
                                     ? check_attributes(attributes, kSbomKeys)
                                     : check_attributes(attributes, kProvenanceKeys);
    if (!checked) return refuse.because(checked.error());
    const std::string* generator = checked->find("generator");
    if (type == AttestationType::sbom && generator != nullptr && !parse_named_image(*generator)) {
        return refuse(fmt::format("has the generator '{}', which is no image", printable(*generator)),
                      "Write for example generator=docker/buildkit-syft-scanner:stable-1.");
    }
    if (!attestation.disabled) attestation.attributes = *std::move(checked);
    return attestation;
}

}  // namespace

std::string_view to_string(AttestationType type) {
    return kAttestationTypes[type == AttestationType::provenance ? 0 : 1];
}

std::string Attestation::text() const {
    std::vector<std::string> fields{fmt::format("type={}", to_string(type))};
    if (disabled) fields.emplace_back("disabled=true");
    add_fields(fields, attributes);
    return option_text(fields);
}

Result<Attestation> parse_attestation(std::string_view entry) {
    const RefuseEntry refuse("Invalid attestation", entry);
    TRY_ASSIGN(const std::vector<std::string> fields, attestation_fields(entry, refuse));
    TRY_ASSIGN(Attributes attributes, attestation_attributes(fields, refuse));
    const std::optional<std::string> given = attributes.take("type");
    if (!given || given->empty()) return refuse("has no type", "Write type=provenance or type=sbom.");
    for (const AttestationType type : {AttestationType::provenance, AttestationType::sbom}) {
        // BuildKit reads the type in lower case.
        if (text::to_lower(*given) == to_string(type)) return make(type, std::move(attributes), refuse);
    }
    const std::string_view meant = nearest(*given, kAttestationTypes);
    return refuse(
        fmt::format("has the type '{}', which BuildKit does not know", printable(*given)),
        meant.empty() ? "Write type=provenance or type=sbom." : fmt::format("Did you mean type={}?", meant));
}

Result<Attestation> parse_attestation(AttestationType type, std::string_view value) {
    const RefuseEntry refuse("Invalid attestation", value);
    TRY_ASSIGN(const std::vector<std::string> fields, attestation_fields(value, refuse));
    TRY_ASSIGN(Attributes attributes, attestation_attributes(fields, refuse));
    if (attributes.contains("type")) {
        return refuse("has a type, and this input is for one type only",
                      "Leave type= out, or use input attests.");
    }
    return make(type, std::move(attributes), refuse);
}

}  // namespace pr_image::plan
