#include "process/interruption.hpp"

#include "async/notification.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <map>
#include <utility>
#include <vector>

namespace pr_image::process {

namespace asio = boost::asio;

struct Interruption::State : std::enable_shared_from_this<State> {
    explicit State(const asio::any_io_executor& executor) : signals(executor) {}

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
        changed.notify();
    }

    asio::signal_set signals;
    /// A signal arrived, or a handler went away.
    async::Notification changed;
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
    if (state->first && state->handlers.empty()) state->changed.notify();
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
    state_->changed.notify();
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
    if (!state->first) co_await state->changed.wait();
    co_return state->first.value_or(0);
}

asio::awaitable<void> Interruption::settled() {
    const std::shared_ptr<State> state = state_;
    async::Woken woken = async::Woken::notified;
    while (woken == async::Woken::notified && (!state->first || !state->handlers.empty()))
        woken = co_await state->changed.wait();
}

void Interruption::raise(int number) {
    state_->deliver(number);
}

void ignore_broken_pipes() {
    std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace pr_image::process
