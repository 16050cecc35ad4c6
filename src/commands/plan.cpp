#include "commands/plan.hpp"

#include "commands/gather.hpp"
#include "commands/report.hpp"
#include "docker/build_argv.hpp"
#include "plan/decide.hpp"
#include "text/try.hpp"

#include <string>
#include <vector>

namespace pr_image::commands {

boost::asio::awaitable<Result<void>> plan_only(Session& session) {
    CO_TRY_ASSIGN(Looks looks, co_await gather(session));
    CO_TRY_ASSIGN(const plan::Plan plan,
                  plan::decide(session.event, session.inputs, looks.facts, *looks.names));
    announce(session, plan);
    const std::vector<std::string> argv =
        plan.strategy == plan::Strategy::skip ? std::vector<std::string>() : docker::typed_command(plan);
    const std::string json = plan_line(plan, looks.facts, argv);
    if (session.log.in_actions()) {
        if (Result<void> written = session.outputs.set("plan", json); !written) co_return written;
    }
    session.log.line(json);
    co_return Result<void>();
}

}  // namespace pr_image::commands
