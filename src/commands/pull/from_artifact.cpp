#include "commands/pull/download_image.hpp"
#include "commands/pull/obtain.hpp"
#include "docker/load_image.hpp"
#include "text/try.hpp"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

asio::awaitable<Result<Obtained>> from_artifact(Session& session, const plan::PullPlan& plan, Looks& looks) {
    co_await asio::this_coro::throw_if_cancelled(false);
    CO_TRY_ASSIGN(const docker::VerifiedImage image, co_await download_image(session, plan, looks));
    CO_TRY_ASSIGN(std::string id, co_await docker::load_image(*looks.engine, image));
    co_return Obtained{
        .source = plan::Source::artifact, .image = std::move(id), .digest = image.content().target.digest};
}

}  // namespace pr_image::commands
