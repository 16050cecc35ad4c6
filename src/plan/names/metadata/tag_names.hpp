#pragma once

#include "plan/names/metadata/context.hpp"
#include "plan/names/metadata/flavor.hpp"
#include "plan/names/metadata/rule.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan::metadata {

/// A tag that a rule yielded.
struct NamedTag {
    Tag tag;
    std::optional<ImageName> image;  ///< the only image that gets it; absent: all do

    bool operator==(const NamedTag&) const = default;
};

/// What the rules yield in one run.
struct TagNames {
    std::vector<NamedTag> tags;        ///< the version first, `latest` last, none twice; may be empty
    std::vector<std::string> remarks;  ///< what a rule could not use: one sentence each
};

/// Takes the rules in order of priority, the flavor and the context; gives the tags. The first rule that
/// yields one decides about `latest`. Text outside `[A-Za-z0-9._-]` becomes `-`; a tag must not start with
/// `.` or `-`, so these are taken off its front where the text asks for no tag of its own. Errors show the
/// line: `enable` that is neither true nor false, a tag of more than 128 characters, a literal `value` that
/// is no version, an unknown time zone, a regular expression that gives up. Rule: docker/metadata-action's
/// README and its src/meta.ts.
Result<TagNames> tag_names(const std::vector<Rule>& rules, const Flavor& flavor, const Context& context);

}  // namespace pr_image::plan::metadata
