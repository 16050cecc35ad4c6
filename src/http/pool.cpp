#include "http/pool.hpp"

#include "async/notification.hpp"
#include "async/sleep.hpp"
#include "text/try.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>

#include <algorithm>
#include <utility>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;

// Load balancers close idle connections after a minute or so; a younger one is rarely dead.
constexpr std::chrono::seconds kLongestIdle{30};

}  // namespace

struct Pool::Place {
    struct Idle {
        std::unique_ptr<Connection> connection;
        Deadline::Clock::time_point since;
    };

    std::vector<Idle> idle;
    std::size_t leased = 0;
    std::deque<std::shared_ptr<async::Notification>> waiting;

    void wake_next() {
        if (waiting.empty()) return;
        const std::shared_ptr<async::Notification> next = waiting.front();
        waiting.pop_front();
        next->notify();
    }

    std::unique_ptr<Connection> take_idle() {
        while (!idle.empty()) {
            Idle last = std::move(idle.back());
            idle.pop_back();
            const bool young = Deadline::Clock::now() - last.since < kLongestIdle;
            if (young && last.connection->alive()) return std::move(last.connection);
        }
        return nullptr;
    }
};

Pool::Lease::~Lease() {
    if (!place_) return;
    --place_->leased;
    place_->wake_next();
}

void Pool::Lease::give_back() {
    connection_->socket().expires_never();
    place_->idle.push_back({std::move(connection_), Deadline::Clock::now()});
}

asio::awaitable<Outcome<void>> Pool::wait_for_turn(std::shared_ptr<Place> place, Route route,
                                                   Deadline deadline) {
    while (place->leased >= most_per_place_) {
        auto turn = std::make_shared<async::Notification>();
        place->waiting.push_back(turn);
        const async::Woken woken = co_await turn->wait_until(deadline.at(), async::Earlier::ignored);
        if (woken == async::Woken::notified) {
            const bool cancelled = co_await async::is_cancelled();
            if (!cancelled) continue;
            place->wake_next();
        } else {
            std::erase(place->waiting, turn);
        }
        const boost::system::error_code why = woken == async::Woken::timed_out
                                                  ? boost::system::error_code(boost::beast::error::timeout)
                                                  : boost::system::error_code(asio::error::operation_aborted);
        co_return std::unexpected(failure_of(Step::connect, why, route.origin.origin()));
    }
    co_return Outcome<void>{};
}

asio::awaitable<Outcome<Pool::Lease>> Pool::acquire(Route route, Timeouts timeouts, Deadline deadline,
                                                    bool fresh, std::shared_ptr<asio::ssl::context> context) {
    std::shared_ptr<Place>& slot = places_[route.key()];
    if (!slot) slot = std::make_shared<Place>();
    const std::shared_ptr<Place> place = slot;
    CO_TRY(co_await wait_for_turn(place, route, deadline));

    ++place->leased;
    if (!fresh) {
        if (std::unique_ptr<Connection> idle = place->take_idle()) {
            co_return Lease(place, std::move(idle), true);
        }
    }
    if (place->idle.size() + place->leased > most_per_place_) place->idle.erase(place->idle.begin());
    Lease lease(place, std::make_unique<Connection>(executor_), false);
    CO_TRY(co_await lease.connection().open(route, timeouts, deadline, std::move(context)));
    co_return std::move(lease);
}

}  // namespace pr_image::http
