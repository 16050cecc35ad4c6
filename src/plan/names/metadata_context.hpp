#pragma once

#include "plan/facts.hpp"
#include "plan/inputs.hpp"
#include "plan/names/metadata/context.hpp"
#include "plan/who/event.hpp"
#include "plan/who/subject.hpp"

#include <string>
#include <vector>

namespace pr_image::plan {

/// Gives what tag rules and templates look at in this run. Everything about a pull request, the merge queue
/// too, is refs/pull/N/merge to them; the commit is the one that the image is named after. A commit date that
/// nobody knows is the present.
metadata::Context metadata_context(const Event& event, const Inputs& inputs, const Subject& subject,
                                   const Facts& facts);

/// Gives the time zones that the templates of all inputs name, as they are written.
std::vector<std::string> template_time_zones(const Inputs& inputs);

/// True when a template asks for the commit's date.
bool template_needs_commit_date(const Inputs& inputs);

}  // namespace pr_image::plan
