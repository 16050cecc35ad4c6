#include "commands/patient_pull.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>

using namespace pr_image;
using namespace std::chrono_literals;
using commands::kPolling;

TEST_CASE("the registry is asked again at growing intervals, until the time is up") {
    const auto delay = [](int asked, std::chrono::milliseconds left,
                          std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
        return async::retry_delay(kPolling, asked, retry_after, left);
    };
    CHECK(delay(1, 100s) == 1s);
    CHECK(delay(2, 100s) == 2s);
    CHECK(delay(4, 100s) == 8s);
    CHECK(delay(5, 100s) == 15s);
    CHECK(delay(1000, 100s) == 15s);
    CHECK(delay(1000, 300ms) == 300ms);
    CHECK_FALSE(delay(1, 0s));
    CHECK_FALSE(delay(3, -5ms));
    // Not before the registry wants it, and not at all when that is too late.
    CHECK(delay(1, 100s, 40s) == 40s);
    CHECK(delay(5, 100s, 2s) == 15s);
    CHECK_FALSE(delay(1, 100s, 101s));
}
