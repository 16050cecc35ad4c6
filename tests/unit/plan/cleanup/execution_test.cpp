// Whatever a registry holds and wherever a clean-up dies: nothing that a kept tag needs is ever lost, nothing
// outside the grammar is touched, and what may go is gone after at most two runs, but for parts that a run
// left when it died and that do not say whose they are. Checked after every single change, on random
// registries, against a mark-and-sweep that shares no code with select().

#include "plan/cleanup/execution.hpp"

#include "unit/plan/cleanup/trial.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>

namespace pr_image::plan::cleanup::tests {

namespace {

constexpr int kRegistries = 10'000;
// Those that a push or a second clean-up gets in the way of are slower, and differ in more than their
// content.
constexpr int kBusyRegistries = 1'500;

}  // namespace

TEST_CASE("a clean-up that dies anywhere harms no kept tag, and the next one finishes it") {
    int deleted = 0;
    int killed = 0;
    for (std::uint32_t seed = 0; seed < kRegistries; ++seed) {
        CAPTURE(seed);
        Trial trial(seed);
        // Of some registries nothing is ever asked, so that more than half of the runs are meant to die.
        if (seed % 5 != 0) {
            killed += static_cast<int>(!trial.run_until_killed(trial.some_request()));
        } else if (trial.random().chance(80)) {
            if (trial.random().chance(60)) trial.make_flaky(20);
            trial.driver("1").run();
            trial.make_reliable();
        }
        trial.settle();
        trial.driver("2").run();
        REQUIRE(trial.harm() == "");
        REQUIRE(trial.unfinished() == "");
        deleted += static_cast<int>(trial.deleted_something());
    }
    // A test in which nothing is ever deleted or interrupted would prove nothing.
    CHECK(deleted > kRegistries / 3);
    CHECK(killed > kRegistries * 2 / 5);
}

TEST_CASE("what is pushed before a clean-up's last look is not touched by it") {
    int deleted = 0;
    std::size_t pushes = 0;
    for (std::uint32_t seed = 0; seed < kBusyRegistries; ++seed) {
        CAPTURE(seed);
        Trial trial(seed + 100'000);
        Driver driver = trial.driver("1");
        driver.before_look = [&] {
            if (trial.random().chance(50)) trial.push();
        };
        driver.run();
        REQUIRE(trial.harm() == "");
        deleted += static_cast<int>(trial.deleted_something());
        pushes += trial.pushes();
    }
    CHECK(deleted > kBusyRegistries / 8);
    CHECK(pushes > kBusyRegistries / 2);
}

TEST_CASE("two clean-ups at once do no harm, and the next one finishes what they leave") {
    int deleted = 0;
    for (std::uint32_t seed = 0; seed < kBusyRegistries; ++seed) {
        CAPTURE(seed);
        Trial trial(seed + 200'000);
        trial.expect_interruption();
        Driver one = trial.driver("1");
        Driver two = trial.driver("2");
        bool one_runs = true;
        bool two_runs = true;
        while (one_runs || two_runs) {
            if (one_runs && trial.random().chance(50)) one_runs = trial.random().chance(98) && one.step();
            if (two_runs && trial.random().chance(50)) two_runs = trial.random().chance(98) && two.step();
        }
        trial.settle();
        trial.driver("3").run();
        REQUIRE(trial.harm() == "");
        REQUIRE(trial.unfinished() == "");
        deleted += static_cast<int>(trial.deleted_something());
    }
    CHECK(deleted > kBusyRegistries / 4);
}

}  // namespace pr_image::plan::cleanup::tests
