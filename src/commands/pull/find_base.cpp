#include "commands/pull/find_base.hpp"

#include "commands/pull/download_image.hpp"
#include "commands/pull/from_registry.hpp"
#include "text/try.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <utility>
#include <vector>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

asio::awaitable<Result<plan::BaseImage>> base_from_registry(Session& session, const plan::PullPlan& plan,
                                                            const Looks& looks) {
    CO_TRY_ASSIGN(Digest digest, co_await find_in_registry(session, plan, looks));
    co_return plan::BaseImage{.reference = Reference(plan.reference.name(), digest)};
}

asio::awaitable<Result<plan::BaseImage>> base_from_artifact(Session& session, const plan::PullPlan& plan,
                                                            Looks& looks) {
    CO_TRY_ASSIGN(docker::VerifiedImage image, co_await download_image(session, plan, looks));
    plan::BaseImage base{
        .reference = image.content().names.front(), .layout = {}, .digest = image.content().target.digest};
    CO_TRY_ASSIGN(docker::VerifiedImage::Layout layout, std::move(image).release_layout());
    base.layout = std::move(layout.path);
    looks.base_folder = std::move(layout.folder);
    co_return base;
}

asio::awaitable<Result<plan::BaseImage>> base_from(Session& session, const plan::PullPlan& plan, Looks& looks,
                                                   plan::Source source) {
    if (source == plan::Source::registry) return base_from_registry(session, plan, looks);
    return base_from_artifact(session, plan, looks);
}

}  // namespace

asio::awaitable<Result<plan::BaseImage>> find_base(Session& session, const plan::PullPlan& plan,
                                                   Looks& looks) {
    co_await asio::this_coro::throw_if_cancelled(false);
    std::vector<plan::Miss> misses;
    for (const plan::Source source : plan.sources) {
        Result<plan::BaseImage> base = co_await base_from(session, plan, looks, source);
        if (base) {
            session.log.line(
                fmt::format("Base:     {} from {}", base->reference.string(), to_string(source)));
            co_return base;
        }
        misses.push_back({source, plan::why_missed(base.error()), base.error().fix});
        session.log.line(fmt::format("Base not from {}: {}", to_string(source), misses.back().why));
    }
    co_return std::unexpected(plan::none_of(plan, misses));
}

}  // namespace pr_image::commands
