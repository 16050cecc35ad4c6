#pragma once

#include <algorithm>
#include <chrono>

namespace pr_image::http {

/// A point in time by which all of something has to be done; steps inside it have their own, shorter limits.
class Deadline {
  public:
    using Clock = std::chrono::steady_clock;

    /// Takes how long from now on; zero or less means for ever.
    static Deadline in(std::chrono::milliseconds limit) { return Deadline(after(limit)); }

    /// Gives when a step that starts now has to end; a `limit` of zero or less adds none of its own.
    [[nodiscard]] Clock::time_point step(std::chrono::milliseconds limit) const {
        return std::min(at_, after(limit));
    }

    [[nodiscard]] Clock::time_point at() const { return at_; }
    [[nodiscard]] std::chrono::milliseconds left() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(at_ - Clock::now());
    }
    [[nodiscard]] bool passed() const { return Clock::now() >= at_; }

  private:
    // A year stands for ever: the largest time point overflows in timer queues.
    static constexpr std::chrono::hours kForEver{24 * 365};

    static Clock::time_point after(std::chrono::milliseconds limit) {
        return Clock::now() + (limit.count() > 0 && limit < kForEver ? limit : kForEver);
    }

    explicit Deadline(Clock::time_point at) : at_(at) {}
    Clock::time_point at_;
};

}  // namespace pr_image::http
