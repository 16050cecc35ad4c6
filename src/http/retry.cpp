#include "http/retry.hpp"

#include "async/sleep.hpp"
#include "http/date.hpp"
#include "http/deadline.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

// With the first delay of a quarter of a second, fifteen seconds at least.
constexpr int kAttemptsAtNames = 7;

// Longer than anybody waits; a number beyond it is no wait but a mistake.
constexpr unsigned kMaxRetryAfter = 99'999'999;

bool deserves_retry(const Outcome<Response>& outcome) {
    return outcome ? is_transient(outcome->status) : is_transient(outcome.error().kind);
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
    if (const auto given = text::parse_number<unsigned>(trimmed, 0, kMaxRetryAfter))
        return std::chrono::seconds(*given);
    const auto date = parse_http_date(trimmed);
    if (!date) return std::nullopt;
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(*date - now));
}

std::optional<milliseconds> asked_delay(const Headers& headers) {
    const std::optional<std::string_view> value = headers.get("Retry-After");
    return value ? parse_retry_after(*value, server_time(headers)) : std::nullopt;
}

RetryPolicy policy_after(RetryPolicy policy, const Outcome<Response>& outcome) {
    const bool no_name_service = !outcome && outcome.error().code == asio::error::host_not_found_try_again;
    if (no_name_service && policy.attempts > 1) policy.attempts = std::max(policy.attempts, kAttemptsAtNames);
    return policy;
}

asio::awaitable<Outcome<Response>> send_with_retry(Client client, Request request, RetryPolicy policy) {
    const Deadline deadline = Deadline::in(policy.deadline);
    const bool repeatable = policy.any_method || is_idempotent(request.method);
    auto replay = std::make_shared<Replay>();
    watch(request, replay);
    for (int failed = 1;; ++failed) {
        Outcome<Response> outcome = co_await client.exchange(request);
        if (!repeatable || !deserves_retry(outcome)) co_return outcome;
        const std::optional<milliseconds> delay =
            async::retry_delay(policy_after(policy, outcome), failed,
                               outcome ? asked_delay(outcome->headers) : std::nullopt, deadline.left());
        if (!delay || !can_repeat(request, *replay)) co_return outcome;
        const bool slept = co_await async::sleep_for(*delay);
        if (!slept) {
            co_return std::unexpected(
                make_failure(FailureKind::cancelled, request.url.origin(), "cancelled"));
        }
    }
}

}  // namespace pr_image::http
