#include "commands/cleanup/carry_out.hpp"

#include "async/run_workers.hpp"
#include "async/sleep.hpp"
#include "text/try.hpp"

#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <utility>

namespace pr_image::commands::cleanup {

namespace asio = boost::asio;
namespace rules = plan::cleanup;

namespace {

std::chrono::milliseconds steady_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
}

asio::awaitable<void> remove_one(Backend& backend, rules::Execution& execution, rules::NodeId node) {
    // A batch that was under way when the limit was reached, or the right denied, is not sent to its end.
    if (execution.stopped()) co_return;
    const rules::Node& target = execution.inventory()[node];
    const std::uint64_t id = target.version_id;
    Digest digest = target.digest;
    rules::Outcome outcome = co_await backend.remove(id, std::move(digest));
    execution.removed(node, outcome);
}

asio::awaitable<void> untag_one(Backend& backend, rules::Execution& execution, rules::Untag untag,
                                std::optional<rules::Journal> onto) {
    if (execution.stopped()) co_return;
    rules::Outcome outcome = co_await backend.untag(untag.tag, std::move(onto));
    execution.untagged(untag, outcome);
}

asio::awaitable<Outcome<void>> read(Backend& backend, rules::Execution& execution, const AskPullRequests& ask,
                                    rules::Needs needs) {
    std::vector<PullRequestNumber> numbers = needs.pull_requests;
    CO_TRY(co_await backend.read(execution.inventory(), std::move(needs)));
    if (numbers.empty()) co_return Outcome<void>();
    CO_TRY_ASSIGN(const rules::OpenPullRequests answer, co_await ask(numbers));
    execution.learn(numbers, answer);
    co_return Outcome<void>();
}

std::unexpected<Trouble> give_up(rules::Execution& execution, Trouble trouble) {
    using Kind = rules::Outcome::Kind;
    execution.give_up({trouble.limited ? Kind::exhausted : Kind::failed, trouble.error.why});
    return std::unexpected(std::move(trouble));
}

}  // namespace

asio::awaitable<Outcome<void>> carry_out(Backend& backend, rules::Execution& execution, AskPullRequests ask) {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (;;) {
        const bool cancelled = co_await async::is_cancelled();
        if (cancelled)
            co_return std::unexpected(Trouble{false, {"Cancelled", "clean-up was ended by a signal", ""}});
        const std::size_t room = co_await backend.room();
        const rules::Step step = execution.next(steady_now(), room);
        if (const auto* wanted = std::get_if<rules::Read>(&step)) {
            Outcome<void> done = co_await read(backend, execution, ask, wanted->needs);
            if (!done) co_return give_up(execution, std::move(done).error());
        } else if (const auto* looked = std::get_if<rules::Look>(&step)) {
            Outcome<void> seen = co_await backend.look(execution.inventory(), looked->nodes);
            if (!seen) co_return give_up(execution, std::move(seen).error());
        } else if (const auto* publish = std::get_if<rules::Publish>(&step)) {
            const rules::Outcome outcome = co_await backend.publish(publish->journal);
            execution.published(publish->journal, outcome);
        } else if (const auto* tags = std::get_if<rules::TakeTags>(&step)) {
            co_await async::run_workers(tags->untags.size(), kWritesAtOnce, [&](std::size_t i) {
                return untag_one(backend, execution, tags->untags[i], tags->onto);
            });
        } else if (const auto* removal = std::get_if<rules::Remove>(&step)) {
            co_await async::run_workers(removal->nodes.size(), kWritesAtOnce, [&](std::size_t i) {
                return remove_one(backend, execution, removal->nodes[i]);
            });
        } else {
            co_return Outcome<void>();
        }
    }
}

}  // namespace pr_image::commands::cleanup
