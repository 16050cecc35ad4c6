#include "commands/carry_out.hpp"
#include "commands/gather.hpp"
#include "commands/pull/obtain.hpp"
#include "commands/report.hpp"
#include "plan/rebuild.hpp"
#include "text/try.hpp"

#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

asio::awaitable<Result<Obtained>> from_cache(Session& session, const plan::PullPlan&, Looks&) {
    Session rebuild = session;
    rebuild.inputs.strategy.push = plan::PushWish::no;
    CO_TRY_ASSIGN(Looks looks, co_await gather(rebuild));
    CO_TRY_ASSIGN(const plan::Plan plan,
                  plan::decide_rebuild(rebuild.event, rebuild.inputs, looks.facts, *looks.names));
    announce(rebuild, plan);
    CO_TRY_ASSIGN(BuildOutcome outcome, co_await build_image(rebuild, plan, looks));
    co_return Obtained{.source = plan::Source::cache, .image = plan.tags.front().string()};
}

}  // namespace pr_image::commands
