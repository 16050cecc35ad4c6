#include "plan/names/metadata/flavor.hpp"

#include "plan/names/metadata/expressions.hpp"
#include "plan/names/metadata/records.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

namespace pr_image::plan::metadata {

using text::Template;

namespace {

Result<void> read_attribute(const Record& record, const Attribute& attribute, bool*& on_latest,
                            Flavor& flavor) {
    const std::string& key = attribute.key;
    if (key == "onlatest") {
        if (on_latest == nullptr) {
            return record.refuse("onlatest belongs behind prefix= or suffix=",
                                 "Write prefix=x-,onlatest=true.");
        }
        if (attribute.value != "true" && attribute.value != "false") {
            return record.refuse("onlatest is neither true nor false");
        }
        *on_latest = attribute.value == "true";
        return {};
    }
    Template* const target = key == "latest"   ? &flavor.latest
                             : key == "prefix" ? &flavor.prefix
                             : key == "suffix" ? &flavor.suffix
                                               : nullptr;
    if (target == nullptr) {
        return record.refuse(
            key.empty() ? "it is not key=value" : fmt::format("'{}' is not known", text::printable(key)),
            "Use latest=, prefix=, suffix=, and onlatest= behind the latter two.");
    }
    if (key == "prefix") on_latest = &flavor.prefix_on_latest;
    if (key == "suffix") on_latest = &flavor.suffix_on_latest;
    Result<Template> parsed = parse_template(attribute.value, Names::global);
    if (!parsed) return record.refuse(parsed.error());
    if (key == "latest" && parsed->expressions().empty()) {
        if (Result<Latest> latest = parse_latest(attribute.value); !latest)
            return record.refuse(latest.error());
    }
    *target = *std::move(parsed);
    return {};
}

}  // namespace

Result<Latest> parse_latest(std::string_view text) {
    if (text == "auto") return Latest::automatic;
    if (text == "true") return Latest::yes;
    if (text == "false") return Latest::no;
    return text::fail("Invalid latest", fmt::format("latest is '{}'", text::printable(text)),
                      "Use auto, true or false.");
}

Result<Flavor> parse_flavor(std::string_view input) {
    Flavor flavor;
    flavor.latest = *Template::parse("auto");
    TRY_ASSIGN(std::vector<Record> records, read_records("flavor", input));
    for (const Record& record : records) {
        bool* on_latest = nullptr;
        for (const Attribute& attribute : record.attributes) {
            TRY(read_attribute(record, attribute, on_latest, flavor));
        }
    }
    return flavor;
}

}  // namespace pr_image::plan::metadata
