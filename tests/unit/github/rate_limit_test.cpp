#include "github/rate_limit.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace pr_image;
using namespace std::chrono_literals;
using github::RateLimit;

namespace {

http::Headers headers(const std::vector<std::pair<std::string, std::string>>& fields) {
    http::Headers made;
    for (const auto& [name, value] : fields)
        made.set(name, value);
    return made;
}

http::Response response(int status, const std::vector<std::pair<std::string, std::string>>& fields,
                        std::string body = {}) {
    return {.status = status,
            .headers = headers(fields),
            .body = std::move(body),
            .url = http::Url::parse("https://api.github.com/").value()};
}

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'700'000'000)};

}  // namespace

TEST_CASE("a server that says nothing of limits is not paced") {
    RateLimit limit;
    const RateLimit::Clock::time_point now{};
    for (int i = 0; i < 1'000; ++i)
        limit.spend(github::kWritePoints, now);
    CHECK(limit.wait_for(github::kWritePoints, now) == 0ms);
    CHECK(limit.room(github::kWritePoints, now) == SIZE_MAX);
    CHECK_FALSE(limit.remaining());
}

TEST_CASE("no more than GitHub's points are spent in any minute") {
    RateLimit limit;
    limit.learn(headers({{"x-ratelimit-remaining", "4000"}, {"x-ratelimit-reset", "1700000000"}}));
    RateLimit::Clock::time_point now{};
    int spent_in_first_minute = 0;
    std::chrono::milliseconds passed{0};
    for (int i = 0; i < 400; ++i) {
        for (auto wait = 0ms; (wait = limit.wait_for(github::kWritePoints, now)) > 0ms;) {
            now += wait;
            passed += wait;
        }
        limit.spend(github::kWritePoints, now);
        if (passed < 60s) spent_in_first_minute += github::kWritePoints;
    }
    CHECK(spent_in_first_minute <= 900);
    CHECK(spent_in_first_minute > 850);
    CHECK(passed == 120s);
}

TEST_CASE("room is what is left of the minute") {
    RateLimit limit;
    limit.learn(headers({{"x-ratelimit-remaining", "4000"}}));
    RateLimit::Clock::time_point now{};
    const std::size_t all = limit.room(github::kWritePoints, now);
    CHECK(all <= 180);
    limit.spend(100, now);
    CHECK(limit.room(github::kWritePoints, now) == all - 20);
    CHECK(limit.room(github::kWritePoints, now + 61s) == all);
}

TEST_CASE("answers that overtake each other do not raise what is left of the hour") {
    RateLimit limit;
    limit.learn(headers({{"x-ratelimit-remaining", "10"}, {"x-ratelimit-reset", "1700000000"}}));
    limit.learn(headers({{"x-ratelimit-remaining", "12"}, {"x-ratelimit-reset", "1700000000"}}));
    CHECK(limit.remaining() == 10U);
    limit.learn(headers({{"x-ratelimit-remaining", "5000"}, {"x-ratelimit-reset", "1700003600"}}));
    CHECK(limit.remaining() == 5'000U);
}

TEST_CASE("a refusal for a limit says how long to wait") {
    struct Row {
        int status;
        std::vector<std::pair<std::string, std::string>> fields;
        std::string body;
        std::chrono::milliseconds wait;
    };
    const Row row = GENERATE(values<Row>({
        {429, {{"Retry-After", "7"}}, "", 7s},
        {403, {{"Retry-After", "7"}, {"x-ratelimit-remaining", "100"}}, "", 7s},
        {403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1700000030"}}, "", 31s},
        {403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1600000000"}}, "", 1s},
        {403, {{"x-ratelimit-remaining", "0"}}, "", 60s},
        {403,
         {{"x-ratelimit-remaining", "9"}},
         R"({"message":"You have exceeded a secondary rate limit."})",
         60s},
        {429, {}, "", 60s},
    }));
    CAPTURE(row.status, row.body);
    CHECK(github::limited_for(response(row.status, row.fields, row.body), kNow) == row.wait);
}

TEST_CASE("a refusal for another reason is not taken for a limit") {
    CHECK_FALSE(github::limited_for(
        response(403, {{"x-ratelimit-remaining", "9"}}, R"({"message":"Resource not accessible"})"), kNow));
    CHECK_FALSE(github::limited_for(response(404, {{"Retry-After", "7"}}), kNow));
    CHECK_FALSE(github::limited_for(response(200, {{"x-ratelimit-remaining", "0"}}), kNow));
}
