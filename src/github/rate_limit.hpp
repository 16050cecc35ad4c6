#pragma once

#include "http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace pr_image::github {

/// What a request costs of the points that GitHub allows in a minute.
inline constexpr int kReadPoints = 1;
inline constexpr int kWritePoints = 5;

/// GitHub's limits, as far as its answers tell them: so many requests an hour (`x-ratelimit-remaining`), and
/// 900 points in any minute. A server that sends no such header (GitHub Enterprise Server, unless its
/// administrator says otherwise) has none. Rule: REST API documentation, "Rate limits for the REST API".
class RateLimit {
  public:
    using Clock = std::chrono::steady_clock;

    /// Takes an answer's headers.
    void learn(const http::Headers& headers);
    /// Notes that points were spent.
    void spend(int points, Clock::time_point now);

    /// Gives how long to wait until so many points are there; zero when they are.
    [[nodiscard]] std::chrono::milliseconds wait_for(int points, Clock::time_point now);
    /// Gives how many requests of so many points each can go now without a wait.
    [[nodiscard]] std::size_t room(int points, Clock::time_point now);
    /// Gives how many requests are left in this hour, where the server says it.
    [[nodiscard]] std::optional<std::size_t> remaining() const { return remaining_; }
    /// Gives when the hour ends, where the server says it.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> reset() const { return reset_; }

  private:
    void forget(Clock::time_point now);

    std::optional<std::size_t> remaining_;
    std::optional<std::chrono::sys_seconds> reset_;
    bool limited_ = false;
    std::deque<std::pair<Clock::time_point, int>> spent_;  ///< within the last minute
    int points_ = 0;                                       ///< their sum
};

/// Says how long a refused answer asks to wait, if it was refused for a limit: 429, or 403 with an exhausted
/// hour, a Retry-After or the words of the secondary limit. Nothing when that is not why.
std::optional<std::chrono::milliseconds> limited_for(const http::Response& response,
                                                     std::chrono::system_clock::time_point now);

}  // namespace pr_image::github
