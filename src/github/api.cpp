#include "github/api.hpp"

#include "async/sleep.hpp"
#include "http/date.hpp"
#include "http/retry.hpp"
#include "text/json.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"
#include "text/timestamp.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::github {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

Failure cancelled(std::string what) {
    return {FailureKind::cancelled, {std::move(what), "the run was cancelled", ""}};
}

}  // namespace

struct Api::State {
    http::Client transport;
    ApiOptions options;
    RateLimit limit{};
    milliseconds patience_left{};
    std::size_t requests = 0;

    [[nodiscard]] Failure limited(std::string what, const std::string& words) const {
        std::string why = words;
        if (limit.remaining() == 0U && limit.reset()) {
            why += fmt::format("; the hour's requests are used up until {}", text::to_string(*limit.reset()));
        }
        return {FailureKind::limited, {std::move(what), std::move(why), "The next run goes on from here."}};
    }
};

Api::Api(http::Client transport, ApiOptions options)
    : state_(std::make_shared<State>(State{std::move(transport), std::move(options)})) {
    state_->patience_left = state_->options.patience;
}

RateLimit& Api::limit() const {
    return state_->limit;
}
const ApiOptions& Api::options() const {
    return state_->options;
}
std::size_t Api::requests() const {
    return state_->requests;
}

asio::awaitable<Outcome<http::Response>> Api::send(std::string what, http::Method method, std::string path) {
    const std::shared_ptr<State> state = state_;
    Result<http::Url> url = http::Url::parse(state->options.url + path);
    if (!url)
        co_return std::unexpected(
            Failure{FailureKind::unexpected, {"Invalid GITHUB_API_URL", url.error().why, ""}});
    http::Request request{.method = method, .url = *std::move(url)};
    // What another server says is not the API's word.
    request.same_origin = true;
    request.headers.set("Accept", "application/vnd.github+json");
    request.headers.set("X-GitHub-Api-Version", "2022-11-28");
    request.headers.set("User-Agent", "pr-image");
    if (!state->options.token.empty()) request.headers.set("Authorization", "Bearer " + state->options.token);
    const int points =
        method == http::Method::get || method == http::Method::head ? kReadPoints : kWritePoints;
    const http::RetryPolicy policy{.attempts = state->options.attempts,
                                   .first_delay = state->options.first_delay};

    int failed = 0;
    for (;;) {
        const milliseconds paced = state->limit.wait_for(points, RateLimit::Clock::now());
        if (paced.count() > 0) {
            const bool waited = co_await async::sleep_for(paced);
            if (!waited) co_return std::unexpected(cancelled(what));
            continue;
        }
        state->limit.spend(points, RateLimit::Clock::now());
        ++state->requests;
        http::Outcome<http::Response> outcome = co_await state->transport.exchange(request);
        milliseconds wait{0};
        if (outcome) {
            state->limit.learn(outcome->headers);
            if (const auto asked = limited_for(*outcome, http::server_time(outcome->headers))) {
                if (*asked > state->patience_left) {
                    co_return std::unexpected(state->limited(what, api_words(*outcome)));
                }
                state->patience_left -= *asked;
                wait = *asked;
            } else if (!http::is_transient(outcome->status)) {
                co_return *std::move(outcome);
            }
        } else if (!http::is_transient(outcome.error().kind)) {
            const http::Failure& failure = outcome.error();
            if (failure.kind == http::FailureKind::cancelled) co_return std::unexpected(cancelled(what));
            co_return std::unexpected(
                Failure{FailureKind::unreachable, {what, text::to_string(failure.error), failure.error.fix}});
        }
        if (wait.count() == 0) {
            const auto delay = async::retry_delay(http::policy_after(policy, outcome), ++failed, std::nullopt,
                                                  milliseconds::max());
            if (!delay) {
                std::string why = outcome ? api_words(*outcome) : text::to_string(outcome.error().error);
                co_return std::unexpected(
                    Failure{FailureKind::unreachable, {what, std::move(why), "Try again in a moment."}});
            }
            wait = *delay;
        }
        const bool waited = co_await async::sleep_for(wait);
        if (!waited) co_return std::unexpected(cancelled(what));
    }
}

std::string api_words(const http::Response& response) {
    const Result<boost::json::value> body = text::parse_json(response.body, "error");
    const std::string message = body ? text::json_string(*body, "message") : std::string();
    if (message.empty()) return fmt::format("GitHub's API answered {}", response.status);
    return fmt::format("GitHub's API answered {}: {}", response.status, text::printable(message, 300));
}

Failure failure_of(std::string what, const http::Response& response) {
    FailureKind kind = FailureKind::unexpected;
    std::string fix;
    if (response.status == 401) {
        kind = FailureKind::refused;
        fix = "Check input token: it is expired, revoked or no token of this GitHub.";
    } else if (response.status == 403) {
        kind = FailureKind::refused;
    } else if (response.status == 404) {
        kind = FailureKind::absent;
    }
    return {kind, {std::move(what), api_words(response), std::move(fix)}};
}

}  // namespace pr_image::github
