#pragma once

#include "plan/names/metadata/flavor.hpp"
#include "plan/names/metadata/records.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"
#include "text/regex.hpp"
#include "text/template.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan::metadata {

enum class RuleType { schedule, semver, pep440, match, edge, ref, raw, sha };
enum class RefKind { branch, tag, pull_request };

/// One line of input `tags`, which yields one tag or none.
struct Rule {
    Record record;  ///< where it stands, for messages
    RuleType type = RuleType::raw;
    double priority = 0;
    Latest latest = Latest::automatic;  ///< this rule's own wish, before the flavor's
    text::Template enable;
    std::optional<text::Template> prefix;  ///< absent: the flavor's
    std::optional<text::Template> suffix;

    text::Template pattern;               ///< schedule, semver, pep440
    bool keeps_raw = false;               ///< the pattern is `{{raw}}` and nothing else
    std::optional<text::Template> value;  ///< raw; semver, pep440, match: instead of the git tag
    std::optional<text::Regex> regex;     ///< match's pattern; semver's and pep440's match
    std::size_t group = 0;                ///< match
    std::string branch;                   ///< edge; empty: the default branch
    RefKind event = RefKind::branch;      ///< ref
    bool long_sha = false;                ///< sha
    std::optional<ImageName> image;       ///< the only image that gets the tag; absent: all do
};

/// Takes input `tags` in docker/metadata-action's grammar; gives its rules, the highest priority first, equal
/// ones in the order of the input. A bare `name:tag` is a whole name, as docker/build-push-action takes it: a
/// raw tag of that image only, which no flavor changes. Errors show the line and what is allowed: an unknown
/// type, an attribute that the type does not have or that is there twice, a bad priority, template, regular
/// expression or group. Rule: docker/metadata-action's README, "tags input".
Result<std::vector<Rule>> parse_rules(std::string_view input);

}  // namespace pr_image::plan::metadata
