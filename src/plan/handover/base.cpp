#include "plan/handover/base.hpp"

#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::fail;

namespace {

/// What FROM is given where no registry has the base: the name of a build context.
constexpr std::string_view kContextName = "pr-image-base";

}  // namespace

Result<std::optional<PullPlan>> decide_base(const Event& event, const Inputs& inputs, const Facts& facts,
                                            const Names& own) {
    if (inputs.handover.base_image.empty()) return std::nullopt;
    if (inputs.handover.from == Handover::cache) {
        return fail("Invalid input 'handover'", "cache rebuilds an image, and a base has to be there already",
                    "Use auto, registry or artifact together with base-image.");
    }
    if (own.subject.closed || own.references.empty()) return std::nullopt;
    Inputs base = inputs;
    base.naming.variant.clear();
    base.handover.as.clear();
    TRY_ASSIGN(PullPlan plan, decide_pull(event, base, facts.pull_request, facts));
    std::erase(plan.sources, Source::cache);
    if (plan.reference == own.references.front()) {
        return fail("Invalid input 'base-image'",
                    fmt::format("the base, {}, is the image that is built on it", plan.reference.string()),
                    "Give the image on top a variant, or name the base with input ref.");
    }
    return plan;
}

Result<void> stand_on_base(const Event& event, const Inputs& inputs, const Facts& facts, const Names& own,
                           Plan& plan) {
    if (inputs.handover.base_image.empty()) return {};
    const auto add = [&](std::string_view value) {
        plan.build.build_args.push_back(fmt::format("{}={}", inputs.handover.base_image, value));
    };
    if (!facts.base) {
        TRY_ASSIGN(const std::optional<PullPlan> base, decide_base(event, inputs, facts, own));
        if (!base) {
            return fail("No base image", "without tags nothing says which image it is",
                        "Give tags, name the base with input ref, or leave metadata: none out.");
        }
        if (facts.probed) return fail("No base image", "it was not found before the build");
        add(base->reference.string());
        return {};
    }
    if (facts.base->layout.empty()) {
        add(facts.base->reference.string());
        return {};
    }
    add(kContextName);
    plan.build.build_contexts.push_back(
        {std::string(kContextName),
         {fmt::format("oci-layout://{}@{}", facts.base->layout, facts.base->digest->string())}});
    return {};
}

}  // namespace pr_image::plan
