#include "http/client.hpp"

#include "http/date.hpp"
#include "http/exchange.hpp"
#include "http/pool.hpp"
#include "http/redirect.hpp"
#include "text/map_error.hpp"
#include "text/reference.hpp"
#include "text/try.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;

bool can_replay(const Request& request, const Progress& progress) {
    const auto* source = std::get_if<Source>(&request.body);
    return !source || !progress.source_used || (source->rewind && source->rewind());
}

}  // namespace

struct Client::State {
    State(asio::any_io_executor on, ClientOptions with)
        : executor(std::move(on)), options(std::move(with)), pool(executor, options.connections_per_host) {}

    asio::any_io_executor executor;
    ClientOptions options;
    Pool pool;
    std::shared_ptr<asio::ssl::context> tls;
    std::optional<std::chrono::system_clock::time_point> server_time;

    // Made when first needed: reading certificates takes longer than a whole exchange over a Unix socket.
    Outcome<std::shared_ptr<asio::ssl::context>> tls_for(const Url& url) {
        if (!url.secure() || tls) return tls;
        Result<std::shared_ptr<asio::ssl::context>> made = make_tls_context(options.tls);
        if (!made) return std::unexpected(Failure{FailureKind::tls, std::move(made).error()});
        tls = *std::move(made);
        return tls;
    }

    [[nodiscard]] Route route_to(const Url& url) const {
        const ProxyUrl* proxy = options.unix_socket.empty() ? choose_proxy(options.proxy, url) : nullptr;
        return {url, proxy ? std::optional(*proxy) : std::nullopt, options.unix_socket};
    }

    asio::awaitable<Outcome<Response>> send_once(const Request& request, Deadline deadline,
                                                 Progress& progress) {
        CO_TRY_ASSIGN(std::shared_ptr<asio::ssl::context> context, tls_for(request.url));
        const Route route = route_to(request.url);
        for (bool fresh = false;; fresh = true) {
            CO_TRY_ASSIGN(Pool::Lease lease,
                          co_await pool.acquire(route, request.timeouts, deadline, fresh, context));
            progress = Progress{};
            Outcome<Response> response =
                co_await http::exchange(lease.connection(), request, route, deadline, progress);
            if (progress.reusable) lease.give_back();
            const bool was_dead = !response && response.error().kind == FailureKind::closed &&
                                  lease.reused() && !progress.answered;
            if (was_dead && is_idempotent(request.method) && can_replay(request, progress)) continue;
            co_return response;
        }
    }
};

Result<ClientOptions> client_options_from_environment(const Environment& environment) {
    TRY_ASSIGN(ProxyConfig proxy, proxy_from_environment(environment));
    ClientOptions options;
    options.proxy = std::move(proxy);
    options.tls = tls_from_environment(environment);
    return options;
}

Client::Client(asio::any_io_executor executor, ClientOptions options)
    : state_(std::make_shared<State>(std::move(executor), std::move(options))) {}

const asio::any_io_executor& Client::executor() const {
    return state_->executor;
}

std::optional<std::chrono::system_clock::time_point> Client::server_time() const {
    return state_->server_time;
}

asio::awaitable<Outcome<Response>> Client::exchange(Request request) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const std::string origin = request.url.origin();
    // Asio, Beast and the caller's callbacks report by value; this is for what they throw all the same.
    try {
        Outcome<Response> response = co_await follow_redirects(std::move(request));
        co_return response;
    } catch (const std::exception& error) {
        co_return std::unexpected(make_failure(FailureKind::protocol, origin, text::printable(error.what())));
    }
}

asio::awaitable<Outcome<Response>> Client::follow_redirects(Request request) {
    const std::shared_ptr<State> state = state_;
    const Deadline deadline = Deadline::in(request.timeouts.total);
    if (!request.headers.get("User-Agent")) request.headers.set("User-Agent", "pr-image/" PR_IMAGE_VERSION);
    if (request.headers.refused()) {
        co_return std::unexpected(Failure{FailureKind::refused, *request.headers.refused()});
    }
    bool left_origin = false;
    for (int redirects = request.redirects;; --redirects) {
        const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
        if (cancellation.cancelled() != asio::cancellation_type::none) {
            co_return std::unexpected(
                make_failure(FailureKind::cancelled, request.url.origin(), "cancelled"));
        }
        Progress progress;
        CO_TRY_ASSIGN(Response response, co_await state->send_once(request, deadline, progress));
        response.left_origin = left_origin;
        if (!left_origin && response.headers.get("Date")) {
            state->server_time = http::server_time(response.headers);
        }
        const std::string origin = request.url.origin();
        CO_TRY_ASSIGN(const bool follows, follow_redirect(request, response));
        if (!follows || !can_replay(request, progress)) co_return response;
        if (redirects == 0) {
            co_return std::unexpected(
                make_failure(FailureKind::refused, origin,
                             fmt::format("it redirects more than {} times", request.redirects)));
        }
        left_origin = left_origin || request.url.origin() != origin;
    }
}

asio::awaitable<Result<Response>> Client::send(Request request) {
    Outcome<Response> response = co_await exchange(std::move(request));
    co_return text::without_kind(std::move(response));
}

}  // namespace pr_image::http
