#include "commands/build.hpp"

#include "commands/carry_out.hpp"
#include "commands/gather.hpp"
#include "commands/report.hpp"
#include "docker/build_argv.hpp"
#include "plan/decide.hpp"
#include "text/try.hpp"

namespace pr_image::commands {

boost::asio::awaitable<Result<void>> build(Session& session) {
    CO_TRY_ASSIGN(Looks looks, co_await gather(session));

    CO_TRY_ASSIGN(const plan::Plan plan,
                  plan::decide(session.event, session.inputs, looks.facts, *looks.names));
    announce(session, plan);

    Result<BuildOutcome> outcome;
    if (plan.reuse) {
        outcome = co_await reuse_image(session, plan, looks);
    } else if (plan.strategy != plan::Strategy::skip) {
        outcome = co_await build_image(session, plan, looks);
    }
    CO_TRY_ASSIGN(const BuildOutcome done, std::move(outcome));
    co_return report(session, plan, plan_line(plan, looks.facts, docker::typed_command(plan)), done);
}

}  // namespace pr_image::commands
