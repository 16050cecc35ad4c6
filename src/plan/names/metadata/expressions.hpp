#pragma once

#include "plan/names/metadata/context.hpp"
#include "text/error.hpp"
#include "text/template.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan::metadata {

/// Which names a template may use.
enum class Names {
    global,   ///< branch, tag, sha, base_ref, is_default_branch, is_not_default_branch, date, commit_date
    dates,    ///< date, commit_date
    version,  ///< raw, version, major, minor, patch
};

/// Takes a template's text; gives it parsed and checked: every name is one of `names`, dates have the
/// arguments that they need. An Error shows the place and what is allowed.
Result<text::Template> parse_template(std::string_view text, Names names);

/// Gives the template's text with the global expressions put in. Errors: a time zone that `context` lacks.
/// Rule: docker/metadata-action's README, "Global expressions"; nothing is HTML-escaped here.
Result<std::string> render(const text::Template& parsed, const Context& context);

/// Gives the time zones, as they are written, that `parsed` needs the data of.
std::vector<std::string> time_zones(const text::Template& parsed);

/// True when `parsed` asks for the commit's date.
bool needs_commit_date(const text::Template& parsed);

}  // namespace pr_image::plan::metadata
