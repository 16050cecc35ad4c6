#include "http/retry.hpp"

#include "http/deadline.hpp"
#include "text/strings.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

std::optional<int> number(std::string_view digits, std::size_t most_digits) {
    if (digits.empty() || digits.size() > most_digits || !std::ranges::all_of(digits, text::is_digit)) {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : digits)
        value = value * 10 + (c - '0');
    return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that RFC 9110 section 5.6.7 lets servers send.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view value) {
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::vector<std::string_view> parts = text::split(value, ' ');
    if (parts.size() != 6 || parts[5] != "GMT") return std::nullopt;
    const std::vector<std::string_view> clock = text::split(parts[4], ':');
    const auto month = std::ranges::find(months, parts[2]);
    const std::optional<int> day = number(parts[1], 2);
    const std::optional<int> year = number(parts[3], 4);
    if (clock.size() != 3 || month == months.end() || !day || !year) return std::nullopt;
    const std::optional<int> hour = number(clock[0], 2);
    const std::optional<int> minute = number(clock[1], 2);
    const std::optional<int> second = number(clock[2], 2);
    const std::chrono::year_month_day date{
        std::chrono::year(*year), std::chrono::month(static_cast<unsigned int>(month - months.begin() + 1)),
        std::chrono::day(static_cast<unsigned int>(*day))};
    if (!hour || !minute || !second || !date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

double random_fraction() {
    static std::mt19937_64 engine(std::random_device{}());
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
}

bool deserves_retry(const Outcome<Response>& outcome) {
    return outcome ? is_transient(outcome->status) : is_transient(outcome.error().kind);
}

std::optional<milliseconds> asked_delay(const Outcome<Response>& outcome) {
    if (!outcome) return std::nullopt;
    const std::optional<std::string_view> value = outcome->headers.get("Retry-After");
    return value ? parse_retry_after(*value, std::chrono::system_clock::now()) : std::nullopt;
}

// Wraps the request's source and sink so that the caller of send_with_retry sees each byte once.
struct Replay {
    bool source_read = false;
    bool sink_used = false;
};

void watch(Request& request, const std::shared_ptr<Replay>& replay) {
    if (auto* source = std::get_if<Source>(&request.body)) {
        source->read = [replay, read = source->read](std::span<char> buffer) {
            replay->source_read = true;
            return read(buffer);
        };
    }
    if (request.sink.write) {
        request.sink.begin = [replay, begin = request.sink.begin](const Response& head) -> Result<void> {
            replay->sink_used = true;
            return begin ? begin(head) : Result<void>{};
        };
    }
}

bool can_repeat(const Request& request, const Replay& replay) {
    if (replay.sink_used) return false;
    const auto* source = std::get_if<Source>(&request.body);
    return !source || !replay.source_read || (source->rewind && source->rewind());
}

}  // namespace

bool is_transient(int status) {
    return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 ||
           status == 503 || status == 504;
}

std::optional<milliseconds> parse_retry_after(std::string_view value,
                                              std::chrono::system_clock::time_point now) {
    const std::string_view trimmed = text::trim(value);
    if (const std::optional<int> seconds = number(trimmed, 8)) return std::chrono::seconds(*seconds);
    const auto date = parse_http_date(trimmed);
    if (!date) return std::nullopt;
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(*date - now));
}

std::optional<milliseconds> retry_delay(const RetryPolicy& policy, int failed,
                                        std::optional<milliseconds> asked, milliseconds left, double random) {
    if (failed >= policy.attempts) return std::nullopt;
    milliseconds delay = policy.first_delay;
    for (int i = 1; i < failed && delay < policy.longest_delay; ++i)
        delay *= 2;
    delay = std::min(delay, policy.longest_delay);
    const auto half = delay / 2;
    delay = half + milliseconds(static_cast<milliseconds::rep>(static_cast<double>(half.count()) * random));
    if (asked) delay = std::max(delay, *asked);
    if (delay >= left) return std::nullopt;
    return delay;
}

asio::awaitable<Outcome<Response>> send_with_retry(Client client, Request request, RetryPolicy policy) {
    const Deadline deadline = Deadline::in(policy.deadline);
    const bool repeatable = policy.any_method || is_idempotent(request.method);
    auto replay = std::make_shared<Replay>();
    watch(request, replay);
    for (int failed = 1;; ++failed) {
        Outcome<Response> outcome = co_await client.exchange(request);
        if (!repeatable || !deserves_retry(outcome)) co_return outcome;
        const auto left = std::chrono::duration_cast<milliseconds>(deadline.at() - Deadline::Clock::now());
        const std::optional<milliseconds> delay =
            retry_delay(policy, failed, asked_delay(outcome), left, random_fraction());
        if (!delay || !can_repeat(request, *replay)) co_return outcome;
        asio::steady_timer pause(client.executor(), *delay);
        constexpr auto token = asio::as_tuple(asio::use_awaitable);
        const auto [cancelled] = co_await pause.async_wait(token);
        if (cancelled) {
            co_return std::unexpected(
                make_failure(FailureKind::cancelled, request.url.origin(), "cancelled"));
        }
    }
}

}  // namespace pr_image::http
