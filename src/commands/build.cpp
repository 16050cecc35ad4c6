#include "commands/build.hpp"

#include "commands/carry_out.hpp"
#include "commands/gather.hpp"
#include "commands/report.hpp"
#include "docker/build_argv.hpp"
#include "plan/decide.hpp"

namespace pr_image::commands {

boost::asio::awaitable<Result<void>> build(Session& session) {
    Result<Looks> looks = co_await gather(session);
    if (!looks) co_return std::unexpected(looks.error());

    const Result<plan::Plan> plan = plan::decide(session.event, session.inputs, looks->facts);
    if (!plan) co_return std::unexpected(plan.error());
    announce(session, *plan);

    Result<BuildOutcome> outcome;
    if (plan->reuse) {
        outcome = co_await reuse_image(session, *plan, *looks);
    } else if (plan->strategy != plan::Strategy::skip) {
        outcome = co_await build_image(session, *plan, *looks);
    }
    if (!outcome) co_return std::unexpected(outcome.error());
    co_return report(session, *plan, plan_line(*plan, looks->facts, docker::typed_command(*plan)), *outcome);
}

}  // namespace pr_image::commands
