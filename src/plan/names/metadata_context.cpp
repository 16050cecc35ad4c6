#include "plan/names/metadata_context.hpp"

#include "plan/names/metadata/expressions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::Template;

namespace {

/// Every template that the inputs hold. Those of labels and annotations were checked when they were read.
std::vector<Template> templates(const Inputs& inputs) {
    std::vector<Template> all{inputs.naming.flavor.latest, inputs.naming.flavor.prefix,
                              inputs.naming.flavor.suffix};
    for (const metadata::Rule& rule : inputs.naming.tag_rules) {
        all.push_back(rule.enable);
        all.push_back(rule.pattern);
        for (const std::optional<Template>& part : {rule.prefix, rule.suffix, rule.value}) {
            if (part) all.push_back(*part);
        }
    }
    const auto add = [&](const std::string& text) {
        if (Result<Template> parsed = Template::parse(text)) all.push_back(*std::move(parsed));
    };
    for (const auto& [key, value] : inputs.naming.labels) {
        add(key);
        add(value);
    }
    std::ranges::for_each(inputs.naming.annotations, add);
    return all;
}

}  // namespace

metadata::Context metadata_context(const Event& event, const Inputs& inputs, const Subject& subject,
                                   const Facts& facts) {
    metadata::Context context;
    context.event_name = event.name;
    context.ref = subject.number ? fmt::format("refs/pull/{}/merge", subject.number->string()) : event.ref;
    context.sha = subject.sha.string();
    context.base_ref = subject.number ? subject.base_ref : event.tag_base_ref;
    context.default_branch = event.default_branch;
    context.short_sha_length = inputs.naming.short_sha_length;
    context.now = text::parse_timestamp(facts.now).value_or(text::Timestamp());
    context.commit_date = event.commit_date ? *event.commit_date : facts.commit_date.value_or(context.now);
    context.zones = facts.time_zones;
    return context;
}

std::vector<std::string> template_time_zones(const Inputs& inputs) {
    std::vector<std::string> zones;
    if (inputs.naming.metadata_mode == MetadataMode::none) return zones;
    for (const Template& parsed : templates(inputs)) {
        for (std::string& zone : metadata::time_zones(parsed)) {
            if (std::ranges::find(zones, zone) == zones.end()) zones.push_back(std::move(zone));
        }
    }
    return zones;
}

bool template_needs_commit_date(const Inputs& inputs) {
    if (inputs.naming.metadata_mode == MetadataMode::none) return false;
    return std::ranges::any_of(templates(inputs), metadata::needs_commit_date);
}

}  // namespace pr_image::plan
