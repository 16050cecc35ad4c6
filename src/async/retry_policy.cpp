#include "async/retry_policy.hpp"

#include <algorithm>
#include <random>

namespace pr_image::async {

namespace {

using std::chrono::milliseconds;

milliseconds doubled(const RetryPolicy& policy, int failed) {
    milliseconds delay = policy.first_delay;
    for (int i = 1; i < failed && delay < policy.max_delay && delay.count() > 0; ++i)
        delay *= 2;
    return std::min(delay, policy.max_delay);
}

}  // namespace

double random_fraction() {
    static std::mt19937_64 engine(std::random_device{}());
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
}

std::optional<milliseconds> retry_delay(const RetryPolicy& policy, int failed,
                                        std::optional<milliseconds> asked, milliseconds left, double random) {
    if (failed >= policy.attempts || left.count() <= 0 || asked > left) return std::nullopt;
    const milliseconds least = doubled(policy, failed);
    const auto added =
        static_cast<milliseconds::rep>(static_cast<double>(least.count()) * policy.jitter * random);
    const milliseconds delay = std::max(least + milliseconds(added), asked.value_or(milliseconds(0)));
    return std::min(delay, left);
}

}  // namespace pr_image::async
