#pragma once

#include <chrono>
#include <limits>
#include <optional>

namespace pr_image::async {

/// When to try again, and for how long.
struct RetryPolicy {
    static constexpr int kUnlimited = std::numeric_limits<int>::max();

    /// The first one included.
    int attempts = 4;
    /// Doubles after each attempt.
    std::chrono::milliseconds first_delay{250};
    /// Of the doubling; the random part and what a server asks for come on top.
    std::chrono::milliseconds max_delay{7'500};
    /// Up to this share of a delay is added to it at random, so that jobs that failed together do not return
    /// together. Added, not taken away: a delay that somebody was promised is never shorter.
    double jitter = 1.0;
    /// No attempt begins after this.
    std::chrono::milliseconds deadline{90'000};
    /// Also repeats requests that are not idempotent (POST, PATCH): only where doing it twice does no harm.
    bool any_method = false;
};

/// Gives a random number in [0, 1).
double random_fraction();

/// Takes how many attempts have failed (1 or more), what the server asked for, how much time the policy's
/// deadline leaves, and a random number in [0, 1). Gives how long to wait before the next attempt: the
/// policy's delay, no shorter than what the server asked for, and no longer than the time left, so that the
/// last attempt begins at the deadline. Gives nothing when the attempts or the time are used up, and when the
/// server asked for more time than is left.
std::optional<std::chrono::milliseconds> retry_delay(const RetryPolicy& policy, int failed,
                                                     std::optional<std::chrono::milliseconds> asked,
                                                     std::chrono::milliseconds left,
                                                     double random = random_fraction());

}  // namespace pr_image::async
