#include "plan/rebuild.hpp"

#include "plan/decide.hpp"

namespace pr_image::plan {

Result<Plan> decide_rebuild(const Event& event, Inputs inputs, Facts facts, const Names& names) {
    inputs.command = Command::build;
    inputs.strategy.push = PushWish::no;
    inputs.handover.artifact = ArtifactWish::never;
    inputs.cache.to.clear();
    facts.cache_service.writable = false;
    Result<Plan> plan = decide(event, inputs, facts, names);
    if (plan && plan->strategy == Strategy::skip) {
        return text::fail("Nothing to rebuild", plan->reason);
    }
    if (plan) plan->remarks.clear();
    return plan;
}

}  // namespace pr_image::plan
