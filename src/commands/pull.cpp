#include "commands/pull.hpp"

#include "commands/gather.hpp"
#include "commands/pull/name_image.hpp"
#include "commands/pull/obtain.hpp"
#include "commands/pull/report.hpp"
#include "plan/handover/pull.hpp"

#include <chrono>

namespace pr_image::commands {

boost::asio::awaitable<Result<void>> pull(Session& session) {
    const auto started = std::chrono::steady_clock::now();
    Result<Looks> looks = co_await gather_for_pull(session);
    if (!looks) co_return std::unexpected(looks.error());

    const Result<plan::PullPlan> plan =
        plan::decide_pull(session.event, session.inputs, looks->facts.pull_request, looks->facts);
    if (!plan) co_return std::unexpected(plan.error());
    announce(session, *plan);

    Result<Obtained> obtained = co_await obtain(session, *plan, *looks);
    if (!obtained) co_return std::unexpected(obtained.error());
    Result<docker::LocalImage> image = co_await name_image(*plan, *obtained, *looks->engine);
    if (!image) co_return std::unexpected(image.error());
    co_return report(session, *plan, *obtained, *image, std::chrono::steady_clock::now() - started);
}

}  // namespace pr_image::commands
