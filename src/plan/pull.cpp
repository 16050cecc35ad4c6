#include "plan/pull.hpp"

#include "plan/labels.hpp"
#include "plan/names.hpp"
#include "plan/strategy.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::fail;

namespace {

std::vector<Source> sources(Handover handover) {
    switch (handover) {
        case Handover::registry:
            return {Source::registry};
        case Handover::artifact:
            return {Source::artifact};
        case Handover::cache:
            return {Source::cache};
        case Handover::automatic:
            break;
    }
    return {Source::registry, Source::artifact, Source::cache};
}

}  // namespace

std::string_view to_string(Source source) {
    switch (source) {
        case Source::registry:
            return "registry";
        case Source::artifact:
            return "artifact";
        case Source::cache:
            return "cache";
    }
    return "cache";
}

std::string artifact_name(const Reference& tag) {
    const std::string path = text::replace_all(tag.name().path(), "/", "-");
    return fmt::format("pr-image-{}-{}.tar", path, tag.tag() ? tag.tag()->string() : std::string("image"));
}

Result<PullPlan> decide_pull(const Event& event, const Inputs& inputs,
                             const std::optional<PullRequestFacts>& pull_request, const Facts& facts) {
    Result<Names> names = resolve_names(event, inputs, pull_request, facts);
    if (!names) return std::unexpected(names.error());
    if (names->references.empty()) {
        return fail("No tag", "metadata: none takes the tags from input tags, and that is empty",
                    "Give tags, or leave metadata: none out.");
    }
    const Subject& subject = names->subject;
    const Reference& main_tag = names->references.front();
    PullPlan plan{.reference = inputs.ref.value_or(main_tag),
                  .head_sha = subject.head_sha,
                  .sources = sources(inputs.handover),
                  .wait = inputs.wait,
                  .names = {main_tag},
                  .artifact = artifact_name(main_tag),
                  .run_id = inputs.run_id,
                  .trusted = subject.trusted,
                  .login = subject.trusted};
    std::ranges::copy(inputs.as, std::back_inserter(plan.names));
    if (!subject.trusted && subject.privileged && !inputs.build_untrusted) {
        // Loading a fork's image is what such a run is for; building its code beside the secrets is not.
        std::erase(plan.sources, Source::cache);
        if (plan.sources.empty()) {
            return fail("Untrusted code",
                        fmt::format("handover: cache would build a fork's code, and {} hands out secrets",
                                    event.name),
                        "Use handover: artifact, or set untrusted: build.");
        }
    }
    return plan;
}

Result<void> verify_commit(const std::map<std::string, std::string>& labels, const CommitSha& wanted) {
    for (const std::string_view key : {kHeadShaLabel, kRevisionLabel}) {
        const auto found = labels.find(std::string(key));
        if (found == labels.end()) continue;
        if (found->second == wanted.string()) return {};
        return fail("Stale image",
                    fmt::format("it was built for commit {}, but this job wants {}",
                                text::printable(found->second, 80), wanted.string()),
                    "Build the image for this commit first, or wait for the build with input wait.");
    }
    return fail("Unknown image",
                fmt::format("it carries no label that says which commit it was built for; wanted is {}",
                            wanted.string()),
                fmt::format("Give it the label {} when it is built.", kRevisionLabel));
}

}  // namespace pr_image::plan
