#include "async/sleep.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace pr_image::async {

namespace asio = boost::asio;

namespace {

// A longer wait overflows the timer's time point.
constexpr std::chrono::hours kMaxSleep{24 * 365};

}  // namespace

asio::awaitable<bool> is_cancelled() {
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

asio::awaitable<bool> sleep_for(std::chrono::milliseconds duration) {
    const bool cancelled_before = co_await is_cancelled();
    if (cancelled_before) co_return false;
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             std::min<std::chrono::milliseconds>(duration, kMaxSleep));
    constexpr auto token = asio::as_tuple(asio::use_awaitable);
    const auto [cancelled] = co_await timer.async_wait(token);
    co_return !cancelled;
}

asio::awaitable<bool> with_timeout(std::chrono::milliseconds limit, asio::awaitable<void> task) {
    using asio::experimental::awaitable_operators::operator||;
    auto either = std::move(task) || sleep_for(limit);
    const auto first = co_await std::move(either);
    co_return first.index() == 0;
}

}  // namespace pr_image::async
