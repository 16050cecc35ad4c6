#include "commands/cleanup/for_each.hpp"

#include "async/sleep.hpp"
#include "commands/concurrently.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace pr_image::commands::cleanup {

namespace asio = boost::asio;

namespace {

struct Queue {
    std::size_t next = 0;
    std::size_t count = 0;
    std::function<asio::awaitable<void>(std::size_t)> work;
};

asio::awaitable<void> take_turns(Queue& queue) {
    co_await asio::this_coro::throw_if_cancelled(false);
    while (queue.next < queue.count) {
        const bool cancelled = co_await async::is_cancelled();
        if (cancelled) co_return;
        const std::size_t mine = queue.next++;
        co_await queue.work(mine);
    }
}

}  // namespace

asio::awaitable<void> for_each(std::size_t count, std::size_t at_once,
                               std::function<asio::awaitable<void>(std::size_t)> work) {
    Queue queue{.count = count, .work = std::move(work)};
    std::vector<asio::awaitable<void>> turns;
    const std::size_t workers = std::min(count, std::max<std::size_t>(at_once, 1));
    turns.reserve(workers);
    for (std::size_t i = 0; i < workers; ++i)
        turns.push_back(take_turns(queue));
    co_await concurrently(std::move(turns));
}

}  // namespace pr_image::commands::cleanup
