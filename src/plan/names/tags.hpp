#pragma once

#include "plan/inputs.hpp"
#include "plan/names/tag_grammar.hpp"
#include "plan/who/event.hpp"
#include "plan/who/subject.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// Takes the subject of a pull request (or merge queue) run; gives its ephemeral tag, which input `pr-tag`
/// forms. Errors: a placeholder that is not known, a format that makes no tag. Rule: README, "What it
/// decides".
Result<Tag> ephemeral_tag(const Event& event, const Inputs& inputs, const Subject& subject);

/// Takes a tag of a pull request's run and the input it comes from; an Error when it would leave the grammar
/// of is_pull_request_tag(), is the default branch's, or matches `protected-tags`. No input changes that.
Result<void> check_pull_request_tag(const Tag& tag, std::string_view input, const Event& event,
                                    const Inputs& inputs, const PullRequestNumber& number);

/// Takes a run on a branch or git tag; gives the default tags: default branch → `latest`, its name,
/// `sha-<short>`; git tag → `1.2.3 1.2 1 latest` when it is semver (a pre-release only itself), else its own
/// name; other branches → `<name>-<short>`. Rule: README, "What it decides".
Result<std::vector<Tag>> ref_tags(const Event& event, const Inputs& inputs, const Subject& subject);

}  // namespace pr_image::plan
