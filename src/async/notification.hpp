#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace pr_image::async {

/// Why a wait for a Notification ended.
enum class Woken { notified, timed_out, cancelled };

/// What a cancellation that came before a wait does to it.
enum class Earlier { ends_it, ignored };

/// Wakes the coroutines that wait for something to change. Nothing is stored: whoever waits looks at what may
/// have changed before and after. All on the executor's one thread.
class Notification {
  public:
    Notification();
    /// Cancels whoever still waits.
    ~Notification();
    Notification(Notification&&) noexcept;
    Notification& operator=(Notification&&) = delete;

    /// Waits for the next notify() on the calling coroutine's executor. A coroutine that was cancelled before
    /// does not wait.
    boost::asio::awaitable<Woken> wait();

    /// The same, but no longer than until `end`. With Earlier::ignored a coroutine that was cancelled before
    /// waits too, as whoever cleans up after a cancellation has to.
    boost::asio::awaitable<Woken> wait_until(std::chrono::steady_clock::time_point end,
                                             Earlier cancellation = Earlier::ends_it);

    /// Wakes everybody who waits now.
    void notify();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace pr_image::async
