#include "plan/who/checkout_rules.hpp"

#include "plan/build/default_context.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

namespace pr_image::plan {

using text::fail;

Result<void> check_checkout(const Event& event, const Inputs& inputs, const Subject& subject,
                            const Grants& grants, const Facts& facts, std::vector<Warning>& warnings) {
    if (!subject.number) return {};
    const std::string head = subject.head_sha.value_or(subject.sha).string();
    const std::string fix = "Give actions/checkout the input ref with the pull request's head SHA.";
    if (!facts.checked_out) {
        const bool fetched_by_commit = names_default_context(inputs.build.context);
        const bool gets_credentials = grants.has(Grant::registry_logins);
        if (fetched_by_commit || !needs_subject_inputs(event, inputs) || !gets_credentials) return {};
        return fail("Unknown commit in the workspace",
                    fmt::format("the workspace is no checkout, so nothing shows that it holds the head {} of "
                                "pull request #{}, for which it would get credentials",
                                head, subject.number->string()),
                    fix);
    }
    const CommitSha& there = *facts.checked_out;
    const auto is_there = [&](const std::optional<CommitSha>& commit) {
        return commit && commit->same_commit(there);
    };
    if (is_there(subject.sha) || is_there(subject.head_sha) || is_there(subject.merge_sha)) return {};
    const bool let_in = !grants.has(Grant::unproven_checkout) && !grants.has(Grant::push);
    if (event.sha == there || needs_subject_inputs(event, inputs) || let_in) {
        return fail(
            "Wrong commit checked out",
            fmt::format("the workspace holds {}{}, not the head {} of pull request #{}", there.string(),
                        event.sha == there ? fmt::format(", which {} checks out by default", event.name)
                                           : std::string(),
                        head, subject.number->string()),
            fix);
    }
    warnings.push_back({"Another commit is checked out",
                        fmt::format("The image is named after {}, but the workspace holds {}.",
                                    subject.sha.string(), there.string())});
    return {};
}

}  // namespace pr_image::plan
