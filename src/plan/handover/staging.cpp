#include "plan/handover/staging.hpp"

#include "plan/names/metadata/annotations.hpp"
#include "plan/names/tag_grammar.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace pr_image::plan {

namespace {

/// True for `index:…` and `index,index-descriptor:…`: what belongs to the whole image alone.
bool is_of_index(const std::string& annotation) {
    std::string_view levels = metadata::annotation_level(annotation);
    if (levels.empty()) return false;
    levels.remove_suffix(1);
    return std::ranges::all_of(text::split(levels, ','),
                               [](std::string_view level) { return level.starts_with("index"); });
}

}  // namespace

Result<Tag> staging_tag(const Event& event, const Inputs& inputs, std::string_view platform) {
    const std::string name = staging_tag_name(
        {.run_id = event.run_id, .platform = std::string(platform), .variant = inputs.naming.variant});
    Result<Tag> tag = Tag::parse(name);
    if (!tag) {
        return text::fail("Invalid input 'variant'", fmt::format("with it, {}", tag.error().why),
                          "Choose a shorter one: it is part of the tag that each platform is staged under.");
    }
    return tag;
}

Result<void> stage_part(const Event& event, const Inputs& inputs, Plan& plan) {
    if (!inputs.platforms.fan_out) return {};
    if (plan.platforms.size() != 1) {
        return text::fail(
            "Invalid input 'platforms'",
            plan.platforms.empty()
                ? std::string("fan-out: true builds one platform in each job, and none is named")
                : fmt::format("fan-out: true builds one platform in each job, and here are {}: {}",
                              plan.platforms.size(), text::join(plan.platforms, ", ")),
            "Write platforms: ${{ matrix.platform }}, and all of them in the job with command: merge.");
    }
    if (plan.strategy != Strategy::push) return {};
    TRY_ASSIGN(const Tag tag, staging_tag(event, inputs, plan.platforms.front()));
    plan.tags.clear();
    for (const ImageName& image : plan.images)
        plan.tags.emplace_back(image, tag);
    std::erase_if(plan.annotations, is_of_index);
    return {};
}

}  // namespace pr_image::plan
