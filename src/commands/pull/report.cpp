#include "commands/pull/report.hpp"

#include "actions/summary.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace pr_image::commands {

namespace {

/// The most exact name there is: only what a registry holds can be named by its digest elsewhere.
std::string exact_reference(const plan::PullPlan& plan, const Obtained& obtained) {
    if (obtained.source == plan::Source::registry && obtained.digest)
        return Reference(plan.reference.name(), *obtained.digest).string();
    return plan.names.empty() ? plan.reference.string() : plan.names.front().string();
}

}  // namespace

void announce(Session& session, const plan::PullPlan& plan) {
    std::vector<std::string> sources;
    sources.reserve(plan.sources.size());
    for (const plan::Source source : plan.sources)
        sources.emplace_back(to_string(source));
    session.log.line(fmt::format("Wanted:   {}", plan.reference.string()));
    if (plan.head_sha) session.log.line(fmt::format("Commit:   {}", plan.head_sha->string()));
    session.log.line(fmt::format("Sources:  {}", text::join(sources, ", ")));
}

Result<void> report(Session& session, const plan::PullPlan& plan, const Obtained& obtained,
                    const docker::LocalImage& image, std::chrono::duration<double> took) {
    const std::string reference = exact_reference(plan, obtained);
    const std::pair<std::string_view, std::string> values[] = {
        {"source", std::string(to_string(obtained.source))},
        {"ref", reference},
        {"digest", obtained.digest ? obtained.digest->string() : std::string()},
        {"imageid", image.id},
        {"image", plan.image.string()},
        {"tag", plan.names.empty() ? std::string() : plan.names.front().tag()->string()},
        {"seconds", fmt::format("{:.1f}", took.count())},
        {"available", "true"},
    };
    for (const auto& [name, value] : values) {
        if (Result<void> written = session.outputs.set(name, value); !written) return written;
    }
    session.log.line(
        fmt::format("Image:    {} from {} in {:.1f} s", reference, to_string(obtained.source), took.count()));
    actions::Summary summary;
    summary.heading("Image for this job");
    std::vector<std::vector<actions::Summary::Cell>> rows{
        {{"Reference"}, {reference, true}},
        {{"From"}, {fmt::format("{} in {:.1f} s", to_string(obtained.source), took.count())}},
        {{"Image ID"}, {image.id, true}}};
    for (const Reference& name : plan.names) {
        session.log.line(fmt::format("Name:     {}", name.string()));
        rows.push_back({{"Name"}, {name.string(), true}});
    }
    summary.table({"", ""}, rows);
    return summary.write(session.environment);
}

}  // namespace pr_image::commands
