#include "plan/handover/pull.hpp"

#include "plan/handover/artifact.hpp"
#include "plan/names/labels.hpp"
#include "plan/names/names.hpp"
#include "plan/who/strategy.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

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

/// True where the inputs say all: an image of another repository, or of a run that this event does not tell
/// of.
bool named_by_inputs(const Event& event, const Inputs& inputs) {
    const bool silent = event.kind == EventKind::ref || event.kind == EventKind::foreign;
    return silent && inputs.handover.ref && inputs.subject.given_sha && !inputs.subject.pr_number;
}

PullPlan plan_of_inputs(const Event& event, const Inputs& inputs) {
    PullPlan plan{.image = inputs.handover.ref->name(),
                  .reference = *inputs.handover.ref,
                  .head_sha = inputs.subject.given_sha,
                  .merge_sha = {},
                  .sources = sources(inputs.handover.from),
                  .wait = inputs.handover.wait,
                  .names = {},
                  .built = {*inputs.handover.ref},
                  .artifact = artifact_name(*inputs.handover.ref),
                  .run_id = inputs.handover.run_id,
                  .grants = grants_to_fetch(event)};
    if (inputs.handover.ref->tag())
        plan.names.emplace_back(inputs.handover.ref->name(), *inputs.handover.ref->tag());
    std::ranges::copy(inputs.handover.as, std::back_inserter(plan.names));
    // What is checked out here, if anything, is something else.
    std::erase(plan.sources, Source::cache);
    return plan;
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

Result<PullPlan> decide_pull(const Event& event, const Inputs& inputs,
                             const std::optional<PullRequestFacts>& pull_request, const Facts& facts) {
    if (named_by_inputs(event, inputs)) {
        PullPlan plan = plan_of_inputs(event, inputs);
        if (!plan.sources.empty()) return plan;
        return fail("Invalid input 'handover'",
                    "cache builds what this event is about, and ref names another image",
                    "Use auto, registry or artifact.");
    }
    TRY_ASSIGN(Names names, resolve_names(event, inputs, pull_request, facts));
    if (names.references.empty()) {
        return fail("No tag", "metadata: none takes the tags from input tags, and that is empty",
                    "Give tags, or leave metadata: none out.");
    }
    const Subject& subject = names.subject;
    const Reference& main_tag = names.references.front();
    // Where nothing is pushed, the producer's `ref` is the tag that its tar carries.
    const Reference tagged =
        inputs.handover.ref && inputs.handover.ref->tag() && !inputs.handover.ref->digest()
            ? *inputs.handover.ref
            : main_tag;
    PullPlan plan{.image = tagged.name(),
                  .reference = inputs.handover.ref.value_or(main_tag),
                  .head_sha = subject.head_sha,
                  .merge_sha = subject.merge_sha,
                  .sources = sources(inputs.handover.from),
                  .wait = inputs.handover.wait,
                  .names = {tagged},
                  .built = {tagged},
                  .artifact = artifact_name(tagged),
                  .run_id = inputs.handover.run_id,
                  .ask = needs_subject_inputs(event, inputs) ? subject.number : std::nullopt,
                  .grants = grants_of(event, subject, inputs.strategy)};
    std::ranges::copy(inputs.handover.as, std::back_inserter(plan.names));
    std::ranges::copy(names.references, std::back_inserter(plan.built));
    if (facts.engine) plan.part = artifact_name(tagged, facts.engine->platform);
    if (!plan.grants.has(Grant::build)) {
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

Result<void> verify_platform(std::string_view platform, std::string_view wanted) {
    if (wanted.empty() || platform == wanted) return {};
    return fail(
        "Wrong platform",
        fmt::format("it is for {}, but this machine's engine runs {}", text::printable(platform, 60), wanted),
        "Build the image for this platform too, or run this job where it fits.");
}

std::string why_missed(const Error& error) {
    return fmt::format("{}: {}", error.what, error.why);
}

Error none_of(const PullPlan& plan, const std::vector<Miss>& misses) {
    std::vector<std::string> reasons;
    reasons.reserve(misses.size());
    std::string fix =
        "Let this job need the one that builds the image, with the same inputs; or give it time with input "
        "wait.";
    for (const Miss& miss : misses) {
        reasons.push_back(fmt::format("{}: {}", to_string(miss.source), miss.why));
        if (!miss.fix.empty()) fix += fmt::format(" For the {}: {}", to_string(miss.source), miss.fix);
    }
    return {"No image",
            fmt::format("{} is nowhere to be had. {}", plan.reference.string(), text::join(reasons, " | ")),
            std::move(fix)};
}

Result<void> verify_commit(const std::map<std::string, std::string>& labels, const PullPlan& plan) {
    if (!plan.head_sha) return {};
    const std::string wanted = plan.head_sha->string();
    // The workflow may abbreviate what it wants; what the image says is taken as it is.
    const auto is_wanted = [&](const std::string& said) {
        return plan.head_sha->is_full() ? said == wanted : CommitSha::parse(said) && said.starts_with(wanted);
    };
    for (const std::string_view key : {kHeadShaLabel, kRevisionLabel}) {
        const auto found = labels.find(std::string(key));
        if (found == labels.end()) continue;
        const bool merge =
            key == kRevisionLabel && plan.merge_sha && found->second == plan.merge_sha->string();
        if (merge || is_wanted(found->second)) return {};
        return fail("Stale image",
                    fmt::format("it was built for commit {}, but this job wants {}",
                                text::printable(found->second, 80), wanted),
                    "Build the image for this commit first, or wait for the build with input wait.");
    }
    return fail(
        "Unknown image",
        fmt::format("it carries no label that says which commit it was built for; wanted is {}", wanted),
        fmt::format("Give it the label {} when it is built.", kRevisionLabel));
}

}  // namespace pr_image::plan
