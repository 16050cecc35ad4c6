#include "plan/handover/reuse.hpp"

#include "plan/names/labels.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace pr_image::plan {

bool may_reuse(const Inputs& inputs, const Names& names) {
    return inputs.strategy.reuse && !inputs.platforms.fan_out && names.subject.number &&
           !names.tags.empty() && inputs.naming.metadata_mode == MetadataMode::own &&
           inputs.build.outputs.empty() && inputs.build.call.empty();
}

Result<void> choose_reuse(const Names& names, const Facts& facts, const Inputs& inputs, Plan& plan) {
    if (!may_reuse(inputs, names) || plan.strategy != Strategy::push || !facts.existing) return {};
    const auto held = [&](std::string_view key) {
        const auto found = facts.existing->labels.find(std::string(key));
        return found == facts.existing->labels.end() ? std::string() : found->second;
    };
    const bool same_revision = held(kRevisionLabel) == label(plan.labels, kRevisionLabel);
    const bool same_head = held(kNumberLabel) == names.subject.number->string() &&
                           held(kHeadShaLabel) == label(plan.labels, kHeadShaLabel);
    if (same_head && same_revision && held(kPlanLabel) == plan.hash) {
        plan.reuse = facts.existing->digest;
        plan.reason += ", which holds this very image already";
        return {};
    }
    if (!names.ephemeral || (same_head && !same_revision)) {
        plan.moved_from = facts.existing->digest;
        return {};
    }
    return text::fail(
        "Tag already taken",
        fmt::format("{} holds {}, which {}", plan.tags.front().string(), facts.existing->digest.string(),
                    same_head ? "was built from this commit with other inputs"
                              : "its labels do not tie to this pull request's head"),
        "Give each image of a workflow its own variant, or set reuse: false to replace what is there.");
}

}  // namespace pr_image::plan
