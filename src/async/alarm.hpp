#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace pr_image::async {

/// Calls a function after a time, unless it is cancelled or goes away before that.
class Alarm {
  public:
    explicit Alarm(const boost::asio::any_io_executor& executor) : timer_(executor) {}
    ~Alarm() { cancel(); }
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

    /// Takes the time from now and what to call, in place of what was set before.
    void set(std::chrono::milliseconds after, std::function<void()> ring);

    /// After this nothing is called, even when the time is up already.
    void cancel();

  private:
    boost::asio::steady_timer timer_;
    std::shared_ptr<std::function<void()>> ring_;
};

}  // namespace pr_image::async
