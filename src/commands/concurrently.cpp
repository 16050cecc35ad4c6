#include "commands/concurrently.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

asio::awaitable<void> concurrently(std::vector<asio::awaitable<void>> tasks) {
    if (tasks.empty()) co_return;
    const auto executor = co_await asio::this_coro::executor;
    const auto started = [&](asio::awaitable<void> task) {
        return asio::co_spawn(executor, std::move(task), asio::deferred);
    };
    std::vector<decltype(started(std::declval<asio::awaitable<void>>()))> operations;
    operations.reserve(tasks.size());
    for (asio::awaitable<void>& task : tasks)
        operations.push_back(started(std::move(task)));
    auto group = asio::experimental::make_parallel_group(std::move(operations));
    co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
}

asio::awaitable<bool> within(std::chrono::milliseconds limit, asio::awaitable<void> task) {
    using asio::experimental::awaitable_operators::operator||;
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    auto first_of_both = std::move(task) || timer.async_wait(asio::use_awaitable);
    const auto first = co_await std::move(first_of_both);
    co_return first.index() == 0;
}

}  // namespace pr_image::commands
