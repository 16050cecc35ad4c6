#include "commands/carry_out.hpp"
#include "commands/pull/obtain.hpp"
#include "commands/report.hpp"

#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

asio::awaitable<Result<Obtained>> from_cache(Session& session, const plan::PullPlan&, Looks&) {
    Session rebuild = session;
    rebuild.inputs.strategy.push = plan::PushWish::no;
    Result<Looks> looks = co_await gather(rebuild);
    if (!looks) co_return std::unexpected(looks.error());
    const Result<plan::Plan> plan = plan::decide_rebuild(rebuild.event, rebuild.inputs, looks->facts);
    if (!plan) co_return std::unexpected(plan.error());
    announce(rebuild, *plan);
    Result<BuildOutcome> outcome = co_await build_image(rebuild, *plan, *looks);
    if (!outcome) co_return std::unexpected(outcome.error());
    co_return Obtained{.source = plan::Source::cache, .image = plan->tags.front().string()};
}

}  // namespace pr_image::commands
