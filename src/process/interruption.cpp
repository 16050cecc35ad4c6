#include "process/interruption.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <map>
#include <utility>
#include <vector>

namespace pr_image::process {

namespace asio = boost::asio;

struct Interruption::State : std::enable_shared_from_this<State> {
    explicit State(const asio::any_io_executor& executor) : signals(executor), arrived(executor) {
        arrived.expires_at(asio::steady_timer::time_point::max());
    }

    void await_next() {
        signals.async_wait([weak = weak_from_this()](const boost::system::error_code& stopped, int number) {
            const std::shared_ptr<State> state = weak.lock();
            if (stopped || !state) return;
            state->deliver(number);
            state->await_next();
        });
    }

    void deliver(int number) {
        if (!first) first = number;
        std::vector<unsigned> ids;
        ids.reserve(handlers.size());
        for (const auto& [id, handler] : handlers)
            ids.push_back(id);
        for (const unsigned id : ids) {
            const auto found = handlers.find(id);
            if (found == handlers.end()) continue;
            const Handler handler = found->second;
            handler(number);
        }
        arrived.cancel();
    }

    asio::signal_set signals;
    asio::steady_timer arrived;  ///< never expires; is cancelled to wake whoever waits
    std::optional<int> first;
    std::map<unsigned, Handler> handlers;
    unsigned next_id = 1;
};

Interruption::Subscription::Subscription(Subscription&& other) noexcept
    : state_(std::move(other.state_)), id_(std::exchange(other.id_, 0)) {}

Interruption::Subscription& Interruption::Subscription::operator=(Subscription&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(id_, other.id_);
    return *this;
}

Interruption::Subscription::~Subscription() {
    const std::shared_ptr<State> state = state_.lock();
    if (!state) return;
    state->handlers.erase(id_);
    if (state->first && state->handlers.empty()) state->arrived.cancel();
}

Interruption::Interruption(const asio::any_io_executor& executor)
    : state_(std::make_shared<State>(executor)) {}

Interruption::~Interruption() {
    stop();
}

Result<void> Interruption::listen() {
    ignore_broken_pipes();
    for (const int number : {SIGINT, SIGTERM}) {
        boost::system::error_code refused;
        state_->signals.add(number, refused);
        if (refused) return text::fail("Cannot watch for signals", refused.message());
    }
    state_->await_next();
    return {};
}

void Interruption::stop() {
    boost::system::error_code ignored;
    state_->signals.cancel(ignored);
    state_->signals.clear(ignored);
    state_->arrived.cancel();
}

std::optional<int> Interruption::signal() const {
    return state_->first;
}

Interruption::Subscription Interruption::subscribe(Handler handler) {
    const unsigned id = state_->next_id++;
    state_->handlers.emplace(id, handler);
    const std::optional<int> arrived = state_->first;
    if (arrived) handler(*arrived);
    return Subscription(state_, id);
}

asio::awaitable<int> Interruption::wait() {
    const std::shared_ptr<State> state = state_;
    if (!state->first) co_await state->arrived.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return state->first.value_or(0);
}

asio::awaitable<void> Interruption::settled() {
    const std::shared_ptr<State> state = state_;
    const auto cancelled = co_await asio::this_coro::cancellation_state;
    while (!state->first || !state->handlers.empty()) {
        co_await state->arrived.async_wait(asio::as_tuple(asio::use_awaitable));
        if (cancelled.cancelled() != asio::cancellation_type::none) co_return;
    }
}

void Interruption::raise(int number) {
    state_->deliver(number);
}

void ignore_broken_pipes() {
    std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace pr_image::process
