#include "commands/cleanup/report.hpp"

#include "actions/summary.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pr_image::commands::cleanup {

namespace {

using plan::cleanup::Line;
using plan::cleanup::Report;
using Cell = actions::Summary::Cell;

/// GitHub allows all outputs of a job 1 MiB together.
constexpr std::size_t kReportLimit = 512 * 1024;
constexpr std::size_t kMostLogLines = 500;

std::string_view verb(Line::Kind kind, bool dry_run) {
    switch (kind) {
        case Line::Kind::deleted:
            return dry_run ? "would delete" : "deleted";
        case Line::Kind::untagged:
            return dry_run ? "would untag" : "untagged";
        case Line::Kind::kept:
            return "kept";
        case Line::Kind::failed:
            return "failed";
        case Line::Kind::left:
            return "left";
    }
    return "";
}

std::string names(const Line& line) {
    return line.tags.empty() ? "(untagged)" : text::join(line.tags, ", ");
}

std::string totals(const Report& report) {
    std::string shown = fmt::format("{} {}, {} {}, {} kept, {} failed", report.deleted,
                                    verb(Line::Kind::deleted, report.dry_run), report.untagged,
                                    verb(Line::Kind::untagged, report.dry_run), report.kept, report.failed);
    if (report.left > 0) shown += fmt::format(", {} left for the next run", report.left);
    return shown;
}

void add_table(actions::Summary& summary, const Shown& image) {
    const Report& report = image.report;
    std::vector<std::vector<Cell>> rows;
    for (std::size_t i = 0; i < report.lines.size(); ++i) {
        const Line& line = report.lines[i];
        const bool gone = line.kind == Line::Kind::deleted && !report.dry_run;
        rows.push_back({{std::string(verb(line.kind, report.dry_run))},
                        {names(line), !line.tags.empty()},
                        {line.digest.substr(0, 19), true},
                        {line.sentence},
                        {gone ? image.restore[i] : std::string(), gone && !image.restore[i].empty()}});
    }
    if (!rows.empty()) summary.table({"", "Tags", "Digest", "Why", "To have it back"}, rows);
}

actions::Summary summarise(const std::vector<Shown>& images) {
    actions::Summary summary;
    for (const Shown& image : images) {
        const Report& report = image.report;
        summary.heading(
            fmt::format("{} of {}", report.dry_run ? "Dry run of the clean-up" : "Clean-up", report.image));
        if (report.error) {
            summary.paragraph(text::to_string(*report.error));
        } else {
            summary.paragraph(totals(report));
        }
        for (const std::string& note : report.notes)
            summary.paragraph(note);
        add_table(summary, image);
    }
    return summary;
}

std::size_t sum(const std::vector<Shown>& images, std::size_t Report::* member) {
    std::size_t all = 0;
    for (const Shown& image : images)
        all += image.report.*member;
    return all;
}

Result<void> verdict(const std::vector<Shown>& images) {
    for (const Shown& image : images) {
        if (image.report.error) return std::unexpected(*image.report.error);
    }
    for (const Shown& image : images) {
        const auto failed = std::ranges::find(image.report.lines, Line::Kind::failed, &Line::kind);
        if (failed == image.report.lines.end()) continue;
        return text::fail(fmt::format("{} of {} were not deleted", image.report.failed, image.report.image),
                          fmt::format("{}: {}", names(*failed), failed->sentence),
                          "The next run tries them again.");
    }
    return {};
}

}  // namespace

void show(Session& session, const Report& report, const Backend& backend) {
    std::size_t shown = 0;
    for (const Line& line : report.lines) {
        if (++shown > kMostLogLines) {
            session.log.line(
                fmt::format("… and {} more: see the output `report`", report.lines.size() - kMostLogLines));
            break;
        }
        session.log.line(fmt::format("{:<12} {}  {}  ({})", verb(line.kind, report.dry_run),
                                     line.digest.substr(0, 19), names(line), line.sentence));
        const bool gone = line.kind == Line::Kind::deleted && !report.dry_run && line.id != 0;
        if (gone)
            session.log.line(fmt::format("{:<12} to have it back: {}", "", backend.restore_command(line.id)));
    }
    session.log.line(fmt::format("{}: {}", report.image, totals(report)));
    for (const std::string& note : report.notes)
        session.log.warning({"Clean-up of " + report.image, note, {}, {}});
    if (report.deleted + report.untagged + report.failed + report.left == 0 && !report.error) {
        session.log.notice({"Nothing to clean up",
                            fmt::format("{}: nothing of its {} manifests may go", report.image, report.kept),
                            {},
                            {}});
    }
}

Result<void> finish(Session& session, const std::vector<Shown>& images) {
    std::vector<Report> reports;
    reports.reserve(images.size());
    for (const Shown& image : images)
        reports.push_back(image.report);
    const std::pair<std::string_view, std::string> values[] = {
        {"deleted", std::to_string(sum(images, &Report::deleted))},
        {"untagged", std::to_string(sum(images, &Report::untagged))},
        {"kept", std::to_string(sum(images, &Report::kept))},
        {"failed", std::to_string(sum(images, &Report::failed))},
        {"report", plan::cleanup::to_json(reports, kReportLimit)},
    };
    for (const auto& [name, value] : values) {
        if (Result<void> written = session.outputs.set(name, value); !written) return written;
    }
    if (Result<void> written = summarise(images).write(session.environment); !written) return written;
    return verdict(images);
}

}  // namespace pr_image::commands::cleanup
