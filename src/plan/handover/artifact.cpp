#include "plan/handover/artifact.hpp"

#include "text/sha256.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <string_view>

namespace pr_image::plan {

namespace {

constexpr std::size_t kLongestStem = 180;
constexpr std::size_t kHashDigits = 16;

/// Why this run cannot hand its image over as an artifact, in words; empty when it can.
std::string_view no_artifact(const Inputs& inputs, const Facts& facts, const Plan& plan) {
    if (plan.platforms.size() > 1) return "docker's tar holds one platform, and several are built";
    if (facts.probed && !facts.artifact_service) {
        return "this run has no artifact service (ACTIONS_RESULTS_URL and ACTIONS_RUNTIME_TOKEN are not set)";
    }
    const bool old_store = facts.engine && !facts.engine->containerd_image_store;
    if (old_store && inputs.builder.driver == Driver::docker) {
        return "driver docker writes no tar while the engine's containerd image store is off";
    }
    return {};
}

}  // namespace

std::string artifact_name(const Reference& tag, std::string_view platform) {
    std::string stem =
        fmt::format("pr-image-{}-{}", text::replace_all(tag.name().path(), "/", "-"),
                    tag.tag() ? tag.tag()->string() : std::string(tag.digest()->hex().substr(0, 12)));
    if (!platform.empty()) stem += "-" + text::replace_all(platform, "/", "-");
    if (stem.size() > kLongestStem) {
        const std::string hash(text::sha256(stem).hex().substr(0, kHashDigits));
        stem = fmt::format("{}-{}", stem.substr(0, kLongestStem), hash);
    }
    return stem + ".tar";
}

Result<std::optional<ArtifactPlan>> choose_artifact(const Inputs& inputs, const Facts& facts, Plan& plan) {
    const bool wanted =
        inputs.handover.artifact == ArtifactWish::always ||
        (inputs.handover.artifact == ArtifactWish::automatic && plan.strategy == Strategy::fallback);
    // Where `outputs` says where the result goes, nothing is added unless it is asked for.
    const bool elsewhere =
        !inputs.build.outputs.empty() && inputs.handover.artifact == ArtifactWish::automatic;
    if (!wanted || elsewhere || plan.tags.empty() || !inputs.build.call.empty()) return std::nullopt;
    if (const std::string_view why = no_artifact(inputs, facts, plan); !why.empty()) {
        if (inputs.handover.artifact == ArtifactWish::always) {
            return text::fail(
                "Invalid input 'artifact'", fmt::format("{}, but artifact: always asks for one", why),
                "Run this as an action of a workflow and for one platform, or use artifact: auto.");
        }
        plan.remarks.push_back(fmt::format("No artifact for later jobs: {}.", why));
        return std::nullopt;
    }
    const std::string platform = inputs.platforms.fan_out ? plan.platforms.front() : std::string();
    return ArtifactPlan{.name = artifact_name(plan.tags.front(), platform),
                        .retention_days = inputs.handover.retention_days};
}

}  // namespace pr_image::plan
