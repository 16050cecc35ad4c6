#include "commands/pull.hpp"

#include "commands/gather.hpp"
#include "commands/pull/name_image.hpp"
#include "commands/pull/obtain.hpp"
#include "commands/pull/report.hpp"
#include "plan/handover/pull.hpp"
#include "text/try.hpp"

#include <chrono>

namespace pr_image::commands {

boost::asio::awaitable<Result<void>> pull(Session& session) {
    const auto started = std::chrono::steady_clock::now();
    CO_TRY_ASSIGN(Looks looks, co_await gather_for_pull(session));

    CO_TRY_ASSIGN(const plan::PullPlan plan,
                  plan::decide_pull(session.event, session.inputs, looks.facts.pull_request, looks.facts));
    announce(session, plan);

    CO_TRY_ASSIGN(Obtained obtained, co_await obtain(session, plan, looks));
    CO_TRY_ASSIGN(docker::LocalImage image, co_await name_image(plan, obtained, *looks.engine));
    co_return report(session, plan, obtained, image, std::chrono::steady_clock::now() - started);
}

}  // namespace pr_image::commands
