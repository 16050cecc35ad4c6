#include "commands/pull/obtain.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <utility>
#include <vector>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

/// A rebuild is left out: buildx has its own way to end at a signal.
asio::awaitable<Result<Obtained>> until_signal(Session& session, asio::awaitable<Result<Obtained>> transfer) {
    using asio::experimental::awaitable_operators::operator||;
    auto either = std::move(transfer) || session.interruption.wait();
    auto first = co_await std::move(either);
    if (first.index() == 1) co_return text::fail("Cancelled", "a signal came while the image was fetched");
    co_return std::get<0>(std::move(first));
}

asio::awaitable<Result<Obtained>> from(Session& session, const plan::PullPlan& plan, Looks& looks,
                                       plan::Source source) {
    switch (source) {
        case plan::Source::registry:
            return until_signal(session, from_registry(session, plan, looks));
        case plan::Source::artifact:
            return until_signal(session, from_artifact(session, plan, looks));
        case plan::Source::cache:
            return from_cache(session, plan, looks);
    }
    std::unreachable();
}

}  // namespace

asio::awaitable<Result<Obtained>> obtain(Session& session, const plan::PullPlan& plan, Looks& looks) {
    std::vector<plan::Miss> misses;
    for (const plan::Source source : plan.sources) {
        Result<Obtained> obtained = co_await from(session, plan, looks, source);
        if (obtained || session.interruption.signal()) co_return obtained;
        misses.push_back({source, plan::why_missed(obtained.error()), obtained.error().fix});
        session.log.line(fmt::format("Not from {}: {}", to_string(source), misses.back().why));
    }
    co_return std::unexpected(plan::none_of(plan, misses));
}

}  // namespace pr_image::commands
