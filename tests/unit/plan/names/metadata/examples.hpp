#pragma once

#include "plan/names/metadata/context.hpp"
#include "plan/names/metadata/tag_names.hpp"
#include "text/strings.hpp"
#include "unit/text/tzif.hpp"

#include <string>
#include <string_view>

namespace pr_image::plan::metadata::examples {

/// A run on `ref` of acme/app, whose default branch is main, at half past midnight of
/// 10 January 2020, of a commit that is an hour older.
inline Context context(std::string_view event_name, std::string_view ref) {
    Context made;
    made.event_name = event_name;
    made.ref = ref;
    made.sha = "860c1904a1ce19322e91ac35af1ab07466440c37";
    if (!ref.starts_with("refs/heads/") && !ref.empty()) made.base_ref = "trunk";
    made.default_branch = "main";
    made.now = text::parse_timestamp("2020-01-10T00:30:00Z").value();
    made.commit_date = text::parse_timestamp("2019-12-31T23:30:00Z").value();
    made.zones.emplace("asia/tokyo", text::TimeZone::parse(text::tzif("JST-9")).value());
    return made;
}

inline Result<TagNames> names(std::string_view tags, std::string_view flavor, const Context& context) {
    Result<std::vector<Rule>> rules = parse_rules(tags);
    if (!rules) return std::unexpected(rules.error());
    Result<Flavor> parsed = parse_flavor(flavor);
    if (!parsed) return std::unexpected(parsed.error());
    return tag_names(*rules, *parsed, context);
}

/// The tags with blanks between them, or the error.
inline std::string shown(const Result<TagNames>& names) {
    if (!names) return text::to_string(names.error());
    std::vector<std::string> tags;
    for (const NamedTag& named : names->tags)
        tags.push_back(named.tag.string());
    return text::join(tags, " ");
}

}  // namespace pr_image::plan::metadata::examples
