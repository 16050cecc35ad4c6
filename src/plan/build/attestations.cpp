#include "plan/build/attestations.hpp"

#include "text/csv.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace pr_image::plan {

namespace {

using Fields = std::vector<std::string>;

/// Go's notion of a boolean, which is buildx's.
std::optional<bool> parse_bool(std::string_view text) {
    constexpr std::array<std::string_view, 6> kTrue{"1", "t", "T", "true", "TRUE", "True"};
    constexpr std::array<std::string_view, 6> kFalse{"0", "f", "F", "false", "FALSE", "False"};
    if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
    if (std::ranges::find(kFalse, text) != kFalse.end()) return false;
    return std::nullopt;
}

/// YAML 1.2's notion of a boolean, which is that of an action's inputs.
std::optional<bool> parse_yaml_bool(std::string_view text) {
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    return std::nullopt;
}

Result<Fields> fields_of(std::string_view input, std::string_view attributes) {
    const auto records = text::csv_records(attributes);
    if (!records) {
        return text::fail(fmt::format("Invalid input '{}'", input), records.error().why, records.error().fix);
    }
    Fields fields;
    for (const std::vector<std::string>& record : *records) {
        for (const std::string& field : record)
            fields.emplace_back(text::trim(field));
    }
    return fields;
}

std::string joined(const Fields& fields) {
    std::string whole;
    for (const std::string& field : fields) {
        // A bare boolean says whether the attestation is wanted at all.
        const std::optional<bool> wanted = parse_bool(field);
        const std::string written =
            wanted ? fmt::format("disabled={}", *wanted ? "false" : "true") : text::csv_field(field);
        whole += whole.empty() ? written : "," + written;
    }
    return whole;
}

bool has_key(const Fields& fields, std::string_view key) {
    return std::ranges::any_of(fields, [&](const std::string& field) {
        return text::trim(std::string_view(field).substr(0, field.find('='))) == key;
    });
}

bool is_type(const Fields& fields, std::string_view type) {
    return std::ranges::any_of(
        fields, [&](const std::string& field) { return field == fmt::format("type={}", type); });
}

std::string builder_id(const Event& event) {
    return fmt::format("builder-id={}/{}/actions/runs/{}/attempts/{}", event.server_url, event.repository,
                       event.run_id, event.run_attempt);
}

std::string with_builder_id(Fields fields, const Event& event) {
    if (!has_key(fields, "builder-id")) fields.push_back(builder_id(event));
    return joined(fields);
}

Result<std::string> provenance(const Event& event, const std::string& input) {
    Fields fields{"type=provenance"};
    if (const std::optional<bool> wanted = parse_yaml_bool(input)) {
        fields.push_back(*wanted ? builder_id(event) : "false");
        return joined(fields);
    }
    TRY_ASSIGN(Fields given, fields_of("provenance", input));
    std::ranges::move(given, std::back_inserter(fields));
    return with_builder_id(std::move(fields), event);
}

}  // namespace

bool wants_attestations(const Inputs& inputs) {
    const auto wanted = [](const std::string& text) { return !text.empty() && parse_bool(text) != false; };
    return wanted(inputs.build.provenance) || wanted(inputs.build.sbom) || !inputs.build.attests.empty();
}

Result<std::vector<std::string>> attestations(const Event& event, const Inputs& inputs,
                                              const AttestationGrounds& grounds) {
    std::vector<Fields> others;
    for (const std::string& attest : inputs.build.attests) {
        TRY_ASSIGN(Fields fields, fields_of("attests", attest));
        others.push_back(std::move(fields));
    }
    std::vector<std::string> all;
    const bool provenance_listed =
        std::ranges::any_of(others, [](const Fields& fields) { return is_type(fields, "provenance"); });
    if (!inputs.build.provenance.empty()) {
        TRY_ASSIGN(std::string given, provenance(event, inputs.build.provenance));
        all.push_back(std::move(given));
    } else if (!provenance_listed && inputs.build.default_attestations && grounds.supported &&
               !grounds.loads) {
        // All build arguments are in the full provenance, and a private repository's are nobody's business.
        Fields fields{"type=provenance"};
        if (event.private_repository) {
            fields.insert(fields.end(), {"mode=min", "inline-only=true"});
        } else {
            fields.emplace_back("mode=max");
        }
        all.push_back(with_builder_id(std::move(fields), event));
    }
    if (!inputs.build.sbom.empty()) {
        TRY_ASSIGN(Fields given, fields_of("sbom", inputs.build.sbom));
        given.insert(given.begin(), "type=sbom");
        all.push_back(joined(given));
    }
    for (Fields& fields : others) {
        if (is_type(fields, "provenance")) {
            if (inputs.build.provenance.empty()) all.push_back(with_builder_id(std::move(fields), event));
        } else if (!is_type(fields, "sbom") || inputs.build.sbom.empty()) {
            all.push_back(joined(fields));
        }
    }
    return all;
}

std::string without_run(std::string_view attestation) {
    const auto records = text::csv_records(attestation);
    if (!records || records->size() != 1) return std::string(attestation);
    Fields kept;
    for (const std::string& field : records->front()) {
        if (!(field.starts_with("builder-id=") && field.contains("/actions/runs/")))
            kept.push_back(text::csv_field(field));
    }
    return text::join(kept, ",");
}

}  // namespace pr_image::plan
