#pragma once

#include "text/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace pr_image::process {

/// The one place where SIGINT and SIGTERM arrive, and from where whatever is under way hears of them. As the
/// first process of a container this program would otherwise not be ended by either.
class Interruption {
    struct State;

  public:
    /// Is given the signal's number, each time that one arrives.
    using Handler = std::function<void(int)>;

    /// Keeps a handler subscribed while it lives.
    class [[nodiscard]] Subscription {
      public:
        Subscription() = default;
        Subscription(Subscription&& other) noexcept;
        Subscription& operator=(Subscription&& other) noexcept;
        ~Subscription();

      private:
        friend class Interruption;
        Subscription(std::weak_ptr<State> state, unsigned id) : state_(std::move(state)), id_(id) {}
        std::weak_ptr<State> state_;
        unsigned id_ = 0;
    };

    explicit Interruption(const boost::asio::any_io_executor& executor);
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// Starts to catch the signals; until stop(), this keeps the executor's loop running. An Error says that
    /// the process may not have handlers.
    Result<void> listen();

    /// Lets go of the signals, which then act as they did before.
    void stop();

    /// The first signal that arrived, or nothing.
    [[nodiscard]] std::optional<int> signal() const;

    /// Takes a handler for every signal from now on; it is called at once when one has already arrived.
    Subscription subscribe(Handler handler);

    /// Waits until a signal arrives and gives its number; at once when one has arrived.
    boost::asio::awaitable<int> wait();

    /// Waits until a signal has arrived and nobody is subscribed any more: whoever had a way of its own to
    /// end has ended.
    boost::asio::awaitable<void> settled();

    /// Acts as if the signal had arrived.
    void raise(int number);

  private:
    std::shared_ptr<State> state_;
};

/// Makes writing to a pipe or socket that nobody reads an error instead of this process's end.
void ignore_broken_pipes();

}  // namespace pr_image::process
