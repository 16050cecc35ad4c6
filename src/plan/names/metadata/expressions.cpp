#include "plan/names/metadata/expressions.hpp"

#include "text/date_format.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace pr_image::plan::metadata {

using text::fail;
using text::printable;
using text::Template;

namespace {

constexpr std::array<std::string_view, 8> kGlobal{
    "branch", "tag", "sha", "base_ref", "is_default_branch", "is_not_default_branch", "date", "commit_date"};
constexpr std::array<std::string_view, 5> kVersion{"raw", "version", "major", "minor", "patch"};

std::span<const std::string_view> known_names(Names names) {
    if (names == Names::version) return kVersion;
    return names == Names::dates ? std::span(kGlobal).last(2) : std::span(kGlobal);
}

bool is_date(std::string_view name) {
    return name == "date" || name == "commit_date";
}

Result<void> check(const Template::Expression& expression, Names names) {
    const std::string shown = fmt::format("{{{{{}}}}}", printable(expression.name));
    const std::span<const std::string_view> known = known_names(names);
    if (std::ranges::find(known, expression.name) == known.end()) {
        std::string list;
        for (const std::string_view name : known)
            list += fmt::format("{}{{{{{}}}}}", list.empty() ? "" : ", ", name);
        return fail("Invalid template", fmt::format("{} is not known here", shown),
                    fmt::format("Use {}.", list));
    }
    if (!is_date(expression.name)) {
        if (!expression.arguments.empty() || !expression.options.empty()) {
            return fail("Invalid template", fmt::format("{} takes no arguments", shown));
        }
        return {};
    }
    if (expression.arguments.size() != 1) {
        return fail("Invalid template", fmt::format("{} needs one format", shown),
                    fmt::format("Write {{{{{} 'YYYYMMDD'}}}} or {{{{{} 'YYYYMMDD' tz='Europe/Berlin'}}}}.",
                                expression.name, expression.name));
    }
    for (const auto& [option, value] : expression.options) {
        if (option != "tz" || !value.quoted || value.text.empty() || expression.options.size() > 1) {
            return fail("Invalid template",
                        fmt::format("{} has the option '{}'", shown, printable(option + "=" + value.text)),
                        "Its one option is tz='Area/City'.");
        }
    }
    return {};
}

std::string_view zone_name(const Template::Expression& expression) {
    return expression.options.empty() ? std::string_view("UTC") : expression.options.front().second.text;
}

Result<std::string> show_date(const Template::Expression& expression, const Context& context) {
    const std::string_view name = zone_name(expression);
    const Template::Argument& format = expression.arguments.front();
    const text::Timestamp time = expression.name == "date" ? context.now : context.commit_date;
    // A format without quotes is a name, and no such name has a value: that is Moment.js's default format.
    const std::string_view shape = format.quoted ? std::string_view(format.text) : std::string_view();
    if (text::is_utc_name(name)) return text::format_date(time, text::TimeZone::utc(), shape);
    const auto zone = context.zones.find(text::to_lower(name));
    if (zone == context.zones.end()) {
        return fail("Unknown time zone", fmt::format("'{}' is not in the IANA database", printable(name)),
                    "Write a name as tz='Europe/Berlin'; without tz= it is UTC.");
    }
    return text::format_date(time, zone->second, shape);
}

bool on_default_branch(const Context& context) {
    constexpr std::string_view kHeads = "refs/heads/";
    const std::string_view ref = context.ref;
    const std::string_view branch = ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref;
    if (branch.empty()) return false;
    if (branch == context.default_branch) return true;
    // These events always mean the last commit of the default branch.
    return std::ranges::any_of(std::array<std::string_view, 4>{"create", "discussion", "issues", "schedule"},
                               [&](std::string_view name) { return context.event_name.contains(name); });
}

Result<std::string> value_of(const Template::Expression& expression, const Context& context) {
    const std::string_view name = expression.name;
    if (is_date(name)) return show_date(expression, context);
    if (name == "branch") return std::string(context.branch());
    if (name == "tag") return std::string(context.git_tag());
    if (name == "sha") return context.sha.substr(0, context.short_sha_length);
    if (name == "base_ref") return context.base_ref;
    return std::string(on_default_branch(context) == (name == "is_default_branch") ? "true" : "false");
}

}  // namespace

Result<Template> parse_template(std::string_view text, Names names) {
    Result<Template> parsed = Template::parse(text);
    if (!parsed) return parsed;
    for (const Template::Expression& expression : parsed->expressions()) {
        TRY(check(expression, names));
    }
    return parsed;
}

Result<std::string> render(const Template& parsed, const Context& context) {
    return parsed.render(
        [&](const Template::Expression& expression) { return value_of(expression, context); });
}

std::vector<std::string> time_zones(const Template& parsed) {
    std::vector<std::string> zones;
    for (const Template::Expression& expression : parsed.expressions()) {
        if (is_date(expression.name) && !text::is_utc_name(zone_name(expression))) {
            zones.emplace_back(zone_name(expression));
        }
    }
    return zones;
}

bool needs_commit_date(const Template& parsed) {
    return std::ranges::any_of(parsed.expressions(), [](const Template::Expression& expression) {
        return expression.name == "commit_date";
    });
}

}  // namespace pr_image::plan::metadata
