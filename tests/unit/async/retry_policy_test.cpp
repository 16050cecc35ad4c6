#include "async/retry_policy.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <set>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
using async::retry_delay;
using async::RetryPolicy;
using std::chrono::milliseconds;

TEST_CASE("a delay doubles up to its limit, grows at random only, and obeys the server and the deadline") {
    struct Row {
        int failed = 1;
        std::optional<milliseconds> asked = std::nullopt;
        milliseconds left = 1h;
        double random = 0.0;
        std::optional<milliseconds> delay;
    };
    const RetryPolicy policy{
        .attempts = 5, .first_delay = 1000ms, .max_delay = 3000ms, .jitter = 0.5, .deadline = 1h};
    const std::vector<Row> rows{
        {.delay = 1000ms},
        {.random = 0.5, .delay = 1250ms},
        {.failed = 2, .delay = 2000ms},
        {.failed = 3, .delay = 3000ms},
        {.failed = 4, .delay = 3000ms},
        {.failed = 4, .random = 0.5, .delay = 3750ms},
        {.failed = 5, .delay = std::nullopt},
        {.failed = 6, .delay = std::nullopt},
        {.asked = 20s, .random = 0.9, .delay = 20s},
        {.failed = 3, .asked = 10ms, .delay = 3000ms},
        {.asked = 0ms, .delay = 1000ms},
        {.left = 400ms, .delay = 400ms},
        {.left = 1ms, .delay = 1ms},
        {.left = 0ms, .delay = std::nullopt},
        {.left = -1ms, .delay = std::nullopt},
        {.asked = 400ms, .left = 400ms, .delay = 400ms},
        {.asked = 401ms, .left = 400ms, .delay = std::nullopt},
        {.asked = 60s, .left = 30s, .delay = std::nullopt},
        {.asked = 0ms, .left = 0ms, .delay = std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.failed, row.left.count(), row.random);
        CHECK(retry_delay(policy, row.failed, row.asked, row.left, row.random) == row.delay);
    }
}

TEST_CASE("a policy without a delay asks again at once, one without a number of attempts for ever") {
    CHECK(retry_delay({.attempts = 9, .first_delay = 0ms}, 8, std::nullopt, 1h, 0.9) == 0ms);
    const RetryPolicy polling{.attempts = RetryPolicy::kUnlimited, .max_delay = 15s, .jitter = 0};
    CHECK(retry_delay(polling, 1'000'000, std::nullopt, 1h, 0.9) == 15s);
}

TEST_CASE("a first delay that is longer than the limit is shortened to it") {
    CHECK(retry_delay({.first_delay = 10s, .max_delay = 3s}, 1, std::nullopt, 1h, 0) == 3s);
}

TEST_CASE("random fractions differ and are below one") {
    std::set<double> seen;
    for (int i = 0; i < 100; ++i) {
        const double fraction = async::random_fraction();
        CHECK(fraction >= 0.0);
        CHECK(fraction < 1.0);
        seen.insert(fraction);
    }
    CHECK(seen.size() > 90);
}
