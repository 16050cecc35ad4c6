#include "commands/report.hpp"

#include "actions/summary.hpp"
#include "plan/names/metadata_answer.hpp"
#include "plan/plan_json.hpp"
#include "text/strings.hpp"
#include "text/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <utility>

namespace pr_image::commands {

namespace {

using Cell = actions::Summary::Cell;

/// A character as a JSON string may have it, in ASCII: beyond 0xFFFF as two halves (RFC 8259, section 7).
std::string json_escape(char32_t character) {
    const auto value = static_cast<std::uint32_t>(character);
    if (value < 0x10000) return fmt::format("\\u{:04x}", value);
    return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((value - 0x10000) >> 10U), 0xDC00 + (value & 0x3FFU));
}

std::string label_lines(const plan::Plan& plan) {
    std::vector<std::string> lines;
    lines.reserve(plan.labels.size());
    for (const auto& [key, value] : plan.labels)
        lines.push_back(fmt::format("{}={}", key, value));
    return text::join(lines, "\n");
}

std::string tag_lines(const plan::Plan& plan) {
    std::vector<std::string> lines;
    lines.reserve(plan.tags.size());
    for (const Reference& tag : plan.tags)
        lines.push_back(tag.string());
    return text::join(lines, "\n");
}

/// The most exact name there is: a digest cannot be moved, a tag in the local engine is all that a fallback
/// has.
std::string exact_reference(const plan::Plan& plan, const BuildOutcome& outcome) {
    if (outcome.pushed && outcome.digest) return Reference(plan.images.front(), *outcome.digest).string();
    return plan.tags.empty() ? std::string() : plan.tags.front().string();
}

std::string where(const plan::Plan& plan, const BuildOutcome& outcome) {
    std::vector<std::string> places;
    if (outcome.pushed) places.push_back(fmt::format("registry {}", plan.images.front().host()));
    if (outcome.parts_are_artifacts) places.emplace_back("an artifact for each platform");
    if (outcome.artifact) places.push_back(fmt::format("artifact {}", outcome.artifact->name));
    if (outcome.loaded) places.emplace_back("this machine's engine");
    return places.empty() ? std::string("nowhere") : text::join(places, ", ");
}

actions::Summary summarise(const plan::Plan& plan, const BuildOutcome& outcome) {
    actions::Summary summary;
    const std::string what =
        plan.number ? fmt::format("pull request #{}", plan.number->string()) : plan.event_name;
    summary.heading(fmt::format("Image of {}", what));
    std::vector<std::vector<Cell>> rows{
        {{"Strategy"}, {fmt::format("{}: {}", to_string(plan.strategy), plan.reason)}}};
    if (plan.strategy != plan::Strategy::skip) {
        rows.push_back({{"Reference"}, {exact_reference(plan, outcome), true}});
        for (const Reference& tag : plan.tags)
            rows.push_back({{"Tag"}, {tag.string(), true}});
        rows.push_back({{"Where"}, {where(plan, outcome)}});
        if (!outcome.image_id.empty()) rows.push_back({{"Image ID"}, {outcome.image_id, true}});
        if (!plan.platforms.empty()) rows.push_back({{"Platforms"}, {text::join(plan.platforms, ", ")}});
        const bool merged = plan.command == plan::Command::merge;
        if (!merged) {
            rows.push_back(
                {{"Builder"}, {fmt::format("{}: {}", to_string(plan.builder.driver), plan.builder.why)}});
        }
        rows.push_back({{merged ? "Put together" : "Built"},
                        {plan.reuse ? std::string("reused, nothing was built")
                                    : fmt::format("in {:.1f} s", outcome.seconds)}});
    }
    for (const plan::Warning& warning : plan.warnings)
        rows.push_back({{warning.title}, {warning.message}});
    summary.table({"", ""}, rows);
    return summary;
}

}  // namespace

void announce(Session& session, const plan::Plan& plan) {
    for (const plan::Warning& warning : plan.warnings)
        session.log.warning({warning.title, warning.message, {}, {}});
    session.log.line(fmt::format("Strategy: {} ({})", to_string(plan.strategy), plan.reason));
    for (const std::string& remark : plan.remarks)
        session.log.line(remark);
    for (const Reference& tag : plan.tags)
        session.log.line(fmt::format("Tag:      {}", tag.string()));
    if (plan.strategy == plan::Strategy::skip) return;
    if (plan.command != plan::Command::merge) {
        session.log.line(fmt::format("Builder:  {} ({})", to_string(plan.builder.driver), plan.builder.why));
    }
    for (const plan::CacheEntry& cache : plan.cache_from)
        session.log.line(fmt::format("Cache:    from {}", cache.shown()));
    for (const plan::CacheEntry& cache : plan.cache_to)
        session.log.line(fmt::format("Cache:    to {}", cache.shown()));
    if (plan.moved_from) {
        session.log.line(fmt::format("Moving:   the tag holds {}", plan.moved_from->string()));
    }
}

std::string plan_line(const plan::Plan& plan, const plan::Facts& facts,
                      const std::vector<std::string>& argv) {
    boost::json::object json = plan::to_json(plan);
    boost::json::array arguments;
    for (const std::string& argument : argv)
        arguments.emplace_back(argument);
    json["argv"] = std::move(arguments);
    json["facts"] = plan::to_json(facts);
    // A `#` is always inside a string here, and so is a character that nobody sees. Written so, no `##[` is
    // left for the runner to execute, and nothing for the log to change.
    const std::string written = boost::json::serialize(json);
    std::string line;
    for (std::string_view rest = written; !rest.empty();) {
        const text::CodePoint next = text::decode_utf8(rest);
        if (rest.front() == '#' || (next.valid && text::is_hidden(next.value))) {
            line += json_escape(next.value);
        } else {
            line += rest.substr(0, next.length);
        }
        rest.remove_prefix(next.length);
    }
    return line;
}

Result<void> report(Session& session, const plan::Plan& plan, const std::string& plan_json,
                    const BuildOutcome& outcome) {
    const bool available = outcome.pushed || outcome.artifact || outcome.parts_are_artifacts;
    const bool artifact = outcome.artifact.has_value();
    const std::pair<std::string_view, std::string> values[] = {
        {"strategy", std::string(to_string(plan.strategy))},
        {"reason", plan.reason},
        {"pushed", outcome.pushed ? "true" : "false"},
        {"available", available ? "true" : "false"},
        {"reused", plan.reuse ? "true" : "false"},
        {"image", plan.images.front().string()},
        {"tag", plan.tags.empty() ? std::string() : plan.tags.front().tag()->string()},
        {"tags", tag_lines(plan)},
        {"ref", exact_reference(plan, outcome)},
        {"digest", outcome.pushed && outcome.digest ? outcome.digest->string() : std::string()},
        {"part", outcome.part ? Reference(plan.images.front(), *outcome.part).string() : std::string()},
        {"imageid", outcome.image_id},
        {"metadata", outcome.metadata},
        {"labels", label_lines(plan)},
        {"platforms", text::join(plan.platforms, ",")},
        {"version", plan.metadata.version},
        {"tag-names", text::join(plan.metadata.tag_names, "\n")},
        {"annotations", text::join(plan.metadata.annotations, "\n")},
        {"json", plan::to_json(plan.metadata)},
        {"plan", plan_json},
        {"artifact-name", artifact ? outcome.artifact->name : std::string()},
        {"artifact-id", artifact ? std::to_string(outcome.artifact_id) : std::string()},
        {"artifact-digest", outcome.artifact_digest},
        {"artifact-path", artifact ? outcome.artifact->name : std::string()},
    };
    for (const auto& [name, value] : values) {
        if (Result<void> written = session.outputs.set(name, value); !written) return written;
    }
    if (plan.strategy != plan::Strategy::skip) {
        session.log.line(
            fmt::format("Image:    {} in {}", exact_reference(plan, outcome), where(plan, outcome)));
    }
    return summarise(plan, outcome).write(session.environment);
}

}  // namespace pr_image::commands
