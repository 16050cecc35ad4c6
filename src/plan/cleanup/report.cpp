#include "plan/cleanup/report.hpp"

#include "plan/names/tag_grammar.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace pr_image::plan::cleanup {

namespace {

using boost::json::array;
using boost::json::object;

Line::Kind line_kind(Fate::Kind kind) {
    switch (kind) {
        case Fate::Kind::planned:
        case Fate::Kind::deleted:
            return Line::Kind::deleted;
        case Fate::Kind::refused:
        case Fate::Kind::changed:
            return Line::Kind::kept;
        case Fate::Kind::failed:
            return Line::Kind::failed;
        case Fate::Kind::left:
            return Line::Kind::left;
    }
    return Line::Kind::left;
}

std::string reason_code(Fate::Kind kind, Reason reason) {
    switch (kind) {
        case Fate::Kind::refused:
            return std::string(to_string(Reason::refused));
        case Fate::Kind::changed:
            return "changed_meanwhile";
        case Fate::Kind::failed:
            return "failed";
        case Fate::Kind::left:
            return "left";
        default:
            return std::string(to_string(reason));
    }
}

/// A kept manifest is worth a line of its own when a reader could expect it to go.
bool is_of_interest(const Node& node, const Decision& decision) {
    if (decision.reason == Reason::unproven || decision.reason == Reason::refused) return true;
    if (decision.reason == Reason::out_of_scope) return false;
    return std::ranges::any_of(node.tags, [](const std::string& tag) {
        const TagKind kind = read_tag(tag).kind;
        return kind == TagKind::pull_request || kind == TagKind::cache || kind == TagKind::staging ||
               kind == TagKind::journal;
    });
}

void count(Report& report) {
    const auto number = [&](Line::Kind kind) {
        return static_cast<std::size_t>(std::ranges::count(report.lines, kind, &Line::kind));
    };
    report.deleted = number(Line::Kind::deleted);
    report.untagged = number(Line::Kind::untagged);
    report.failed = number(Line::Kind::failed);
    report.left = number(Line::Kind::left);
}

void add_fates(Report& report, const Execution& execution) {
    const Inventory& inventory = execution.inventory();
    for (const Fate& fate : execution.fates()) {
        const bool as_decided = fate.kind == Fate::Kind::planned || fate.kind == Fate::Kind::deleted;
        std::string sentence = explain(inventory, fate.decision);
        if (!fate.why.empty()) sentence = as_decided ? fmt::format("{}; {}", sentence, fate.why) : fate.why;
        report.lines.push_back({.kind = line_kind(fate.kind),
                                .id = fate.version_id,
                                .digest = inventory[fate.node].digest.string(),
                                .tags = fate.tags,
                                .reason = reason_code(fate.kind, fate.decision.reason),
                                .sentence = std::move(sentence)});
    }
    for (const TagFate& fate : execution.tag_fates()) {
        const Node& node = inventory[fate.untag.node];
        const Line::Kind kind = line_kind(fate.kind);
        Decision decision{.goes = true, .reason = fate.untag.reason, .because = {}, .tag = fate.untag.tag};
        report.lines.push_back({.kind = kind == Line::Kind::deleted ? Line::Kind::untagged : kind,
                                .id = node.version_id,
                                .digest = node.digest.string(),
                                .tags = {fate.untag.tag},
                                .reason = reason_code(fate.kind, fate.untag.reason),
                                .sentence = fate.why.empty() ? explain(inventory, decision) : fate.why});
    }
}

void add_kept(Report& report, const Execution& execution) {
    const Inventory& inventory = execution.inventory();
    std::set<NodeId> told;
    for (const Fate& fate : execution.fates()) {
        told.insert(fate.node);
        if (line_kind(fate.kind) == Line::Kind::kept) ++report.kept;
    }
    const std::vector<Decision>& decisions = execution.selected().decisions;
    for (NodeId id = 0; id < decisions.size(); ++id) {
        const Node& node = inventory[id];
        if (node.presence != Presence::listed || told.contains(id)) continue;
        ++report.kept;
        ++report.kept_by_reason[std::string(to_string(decisions[id].reason))];
        if (!is_of_interest(node, decisions[id])) continue;
        report.lines.push_back({.kind = Line::Kind::kept,
                                .id = node.version_id,
                                .digest = node.digest.string(),
                                .tags = node.tags,
                                .reason = std::string(to_string(decisions[id].reason)),
                                .sentence = explain(inventory, decisions[id])});
    }
}

void add_notes(Report& report, const Execution& execution) {
    const std::optional<Outcome>& stopped = execution.stopped();
    if (stopped && stopped->kind == Outcome::Kind::exhausted) {
        report.notes.push_back(fmt::format("{} left for the next run: {}", report.left, stopped->why));
    } else if (stopped &&
               (stopped->kind == Outcome::Kind::failed || stopped->kind == Outcome::Kind::refused)) {
        report.error = Error{fmt::format("Cannot clean up {}", report.image),
                             fmt::format("{} left for the next run: {}", report.left, stopped->why),
                             "What is kept is whole. Run the clean-up again: it goes on from here."};
    } else if (report.left > 0 && !stopped) {
        report.notes.push_back(
            fmt::format("{} left for the next run, within the limit of requests", report.left));
    }
    for (const std::string& journal : execution.journals_left()) {
        report.notes.push_back(fmt::format(
            "the tag {} lists what is not deleted yet; the next clean-up takes it away", journal));
    }
    const auto unproven = std::ranges::find_if(execution.selected().decisions, [](const Decision& decision) {
        return decision.reason == Reason::unproven && decision.because;
    });
    if (unproven != execution.selected().decisions.end()) {
        const Node& blocker = execution.inventory()[*unproven->because];
        std::string why =
            fmt::format("{} could not be read, and may refer to what would go", name_of(blocker));
        if (blocker.reading == Reading::unreadable) {
            report.error =
                Error{fmt::format("Cannot clean up {}", report.image), std::move(why),
                      "Try again; if it stays so, see whether this image can be pulled, and push it again or "
                      "remove its tag."};
        } else {
            report.notes.push_back(fmt::format("nothing was deleted: {}", why));
        }
    }
    const auto refused = std::ranges::count(report.lines, to_string(Reason::refused), &Line::reason);
    if (refused > 0)
        report.notes.push_back(fmt::format("{} stay because the registry refuses to delete them", refused));
}

object to_json(const Line& line) {
    object json;
    if (line.id != 0) json["id"] = line.id;
    json["digest"] = line.digest;
    json["tags"] = array(line.tags.begin(), line.tags.end());
    json["reason"] = line.reason;
    json["why"] = line.sentence;
    return json;
}

object without(const object& report, std::initializer_list<std::string_view> members) {
    object shorter = report;
    for (const std::string_view member : members)
        shorter[member] = array();
    shorter["truncated"] = true;
    return shorter;
}

}  // namespace

Report make_report(const ImageName& image, const Execution& execution, bool dry_run) {
    Report report;
    report.image = image.string();
    report.dry_run = dry_run;
    add_fates(report, execution);
    count(report);
    add_kept(report, execution);
    add_notes(report, execution);
    return report;
}

object to_json(const Report& report) {
    constexpr std::array<std::pair<std::string_view, Line::Kind>, 5> lists{
        {{"deleted", Line::Kind::deleted},
         {"untagged", Line::Kind::untagged},
         {"failed", Line::Kind::failed},
         {"left", Line::Kind::left},
         {"kept", Line::Kind::kept}}};
    object json{{"image", report.image}, {"dry_run", report.dry_run}};
    for (const auto& [name, kind] : lists) {
        array list;
        for (const Line& line : report.lines) {
            if (line.kind == kind) list.push_back(to_json(line));
        }
        json[name] = std::move(list);
    }
    object reasons;
    for (const auto& [reason, number] : report.kept_by_reason)
        reasons[reason] = number;
    json["kept_by_reason"] = std::move(reasons);
    json["notes"] = array(report.notes.begin(), report.notes.end());
    if (report.error) json["error"] = text::to_string(*report.error);
    return json;
}

std::string to_json(const std::vector<Report>& reports, std::size_t limit) {
    array whole;
    for (const Report& report : reports)
        whole.push_back(to_json(report));
    std::string json = boost::json::serialize(whole);
    if (json.size() <= limit) return json;
    array shorter;
    for (const boost::json::value& report : whole)
        shorter.push_back(without(report.get_object(), {"kept"}));
    json = boost::json::serialize(shorter);
    if (json.size() <= limit) return json;
    array shortest;
    for (const boost::json::value& report : whole)
        shortest.push_back(without(report.get_object(), {"kept", "deleted", "untagged", "failed", "left"}));
    return boost::json::serialize(shortest);
}

}  // namespace pr_image::plan::cleanup
