#include "github/rate_limit.hpp"

#include "http/retry.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <algorithm>
#include <string_view>

namespace pr_image::github {

namespace {

using std::chrono::milliseconds;

// A little below GitHub's 900: its minute need not begin when ours does.
constexpr int kPointsAMinute = 880;
constexpr std::chrono::minutes kMinute{1};
// What GitHub asks for where it refuses without saying until when.
constexpr std::chrono::minutes kUnsaidWait{1};

std::optional<std::uint64_t> number(std::optional<std::string_view> value) {
    constexpr std::uint64_t kMax = 999'999'999'999;  // a time far beyond any that a clock here can hold
    return value ? text::parse_number<std::uint64_t>(*value, 0, kMax) : std::nullopt;
}

}  // namespace

void RateLimit::learn(const http::Headers& headers) {
    if (const auto remaining = number(headers.get("x-ratelimit-remaining"))) {
        const auto reset = number(headers.get("x-ratelimit-reset"));
        const auto until =
            reset ? std::optional(std::chrono::sys_seconds(std::chrono::seconds(*reset))) : reset_;
        // Answers overtake each other: within one hour the smallest number is the newest.
        remaining_ = limited_ && until == reset_ && remaining_
                         ? std::min<std::size_t>(*remaining_, *remaining)
                         : static_cast<std::size_t>(*remaining);
        reset_ = until;
        limited_ = true;
    }
}

void RateLimit::spend(int points, Clock::time_point now) {
    forget(now);
    spent_.emplace_back(now, points);
    points_ += points;
}

void RateLimit::forget(Clock::time_point now) {
    while (!spent_.empty() && spent_.front().first + kMinute <= now) {
        points_ -= spent_.front().second;
        spent_.pop_front();
    }
}

milliseconds RateLimit::wait_for(int points, Clock::time_point now) {
    forget(now);
    if (!limited_) return milliseconds(0);
    int free = kPointsAMinute - points_;
    for (const auto& [when, spent] : spent_) {
        if (free >= points) return milliseconds(0);
        free += spent;
        if (free >= points) return std::chrono::ceil<milliseconds>(when + kMinute - now);
    }
    return milliseconds(0);
}

std::size_t RateLimit::room(int points, Clock::time_point now) {
    forget(now);
    if (!limited_) return SIZE_MAX;
    return static_cast<std::size_t>(std::max(0, kPointsAMinute - points_) / points);
}

std::optional<milliseconds> limited_for(const http::Response& response,
                                        std::chrono::system_clock::time_point now) {
    if (response.status != 429 && response.status != 403) return std::nullopt;
    if (const auto asked = response.headers.get("Retry-After")) {
        if (const auto wait = http::parse_retry_after(*asked, now)) return wait;
    }
    if (number(response.headers.get("x-ratelimit-remaining")) == 0U) {
        const auto reset = number(response.headers.get("x-ratelimit-reset"));
        if (!reset) return kUnsaidWait;
        const std::chrono::sys_seconds until{std::chrono::seconds(*reset)};
        return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(until - now)) + milliseconds(1'000);
    }
    const bool secondary = response.status == 429 || response.body.contains("secondary rate limit") ||
                           response.body.contains("abuse detection");
    return secondary ? std::optional<milliseconds>(kUnsaidWait) : std::nullopt;
}

}  // namespace pr_image::github
