#include "async/notification.hpp"

#include "async/sleep.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace pr_image::async {

namespace asio = boost::asio;

struct Notification::State {
    struct Waiter {
        asio::steady_timer timer;
        bool notified = false;
    };
    std::vector<std::shared_ptr<Waiter>> waiting;

    void wake(bool notified) {
        for (const std::shared_ptr<Waiter>& waiter : std::exchange(waiting, {})) {
            waiter->notified = notified;
            waiter->timer.cancel();
        }
    }
};

Notification::Notification() : state_(std::make_shared<State>()) {}
Notification::Notification(Notification&&) noexcept = default;

Notification::~Notification() {
    if (state_) state_->wake(false);
}

asio::awaitable<Woken> Notification::wait() {
    return wait_until(std::chrono::steady_clock::time_point::max());
}

asio::awaitable<Woken> Notification::wait_until(std::chrono::steady_clock::time_point end,
                                                Earlier cancellation) {
    const std::shared_ptr<State> state = state_;
    const bool cancelled_before = co_await is_cancelled();
    if (cancelled_before && cancellation == Earlier::ends_it) co_return Woken::cancelled;
    auto waiter = std::make_shared<State::Waiter>(
        State::Waiter{.timer = asio::steady_timer(co_await asio::this_coro::executor, end)});
    state->waiting.push_back(waiter);
    constexpr auto token = asio::as_tuple(asio::use_awaitable);
    const auto [cancelled] = co_await waiter->timer.async_wait(token);
    if (waiter->notified) co_return Woken::notified;
    std::erase(state->waiting, waiter);
    co_return cancelled ? Woken::cancelled : Woken::timed_out;
}

void Notification::notify() {
    state_->wake(true);
}

}  // namespace pr_image::async
