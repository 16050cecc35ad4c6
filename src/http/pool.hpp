#pragma once

#include "http/connection.hpp"
#include "http/deadline.hpp"
#include "http/failure.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pr_image::http {

/// Keeps connections open between requests, at most so many to one place. One thread only.
class Pool {
    struct Place;

  public:
    Pool(boost::asio::any_io_executor executor, std::size_t most_per_place)
        : executor_(std::move(executor)), most_per_place_(most_per_place) {}

    /// The right to one connection. Dropped, it closes the connection; whoever waits for one is next.
    class Lease {
      public:
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease();

        [[nodiscard]] Connection& connection() { return *connection_; }
        /// True when an earlier request used it: it may have died unseen.
        [[nodiscard]] bool reused() const { return reused_; }
        /// Keeps the connection for the next request: call it when the response is read to its end.
        void give_back();

      private:
        friend class Pool;
        Lease(std::shared_ptr<Place> place, std::unique_ptr<Connection> connection, bool reused)
            : place_(std::move(place)), connection_(std::move(connection)), reused_(reused) {}

        std::shared_ptr<Place> place_;
        std::unique_ptr<Connection> connection_;
        bool reused_;
    };

    /// Gives an idle connection along `route`, or opens one (`fresh`: always opens one), after waiting for a
    /// free place in the count. Errors as Connection::open; timeout or cancelled while waiting.
    boost::asio::awaitable<Outcome<Lease>> acquire(Route route, Timeouts timeouts, Deadline deadline,
                                                   bool fresh,
                                                   std::shared_ptr<boost::asio::ssl::context> context);

    /// Closes what is idle.
    void clear() { places_.clear(); }

  private:
    boost::asio::awaitable<Outcome<void>> wait_for_turn(std::shared_ptr<Place> place, Route route,
                                                        Deadline deadline);

    boost::asio::any_io_executor executor_;
    std::size_t most_per_place_;
    std::map<std::string, std::shared_ptr<Place>, std::less<>> places_;
};

}  // namespace pr_image::http
