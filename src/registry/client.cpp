#include "registry/client.hpp"

#include "registry/authorizer.hpp"
#include "registry/endpoint.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::registry {

namespace {

namespace asio = boost::asio;

// With nothing or with what was kept, with what answers the challenge, and with what answers another one.
constexpr int kMaxAttempts = 3;

std::string scope_of(const ImageName& name, Access access) {
    const std::string_view actions = access == Access::pull   ? "pull"
                                     : access == Access::push ? "pull,push"
                                                              : "delete";
    return fmt::format("repository:{}:{}", name.path(), actions);
}

}  // namespace

struct Client::State {
    State(http::Client with, ClientOptions and_options)
        : transport(std::move(with)),
          options(std::move(and_options)),
          endpoints(transport, options.insecure_registries, options.timeouts),
          authorizer(transport, options) {}

    http::Client transport;
    ClientOptions options;
    Endpoints endpoints;
    Authorizer authorizer;
};

Client::Client(http::Client transport, ClientOptions options)
    : state_(std::make_shared<State>(std::move(transport), std::move(options))) {}

const ClientOptions& Client::options() const {
    return state_->options;
}

asio::awaitable<Outcome<http::Response>> Client::send(std::string what, ImageName name, Access access,
                                                      http::Method method, std::string path,
                                                      http::Headers headers, std::string body) {
    const std::shared_ptr<State> state = state_;
    http::Outcome<http::Url> base = co_await state->endpoints.find(api_host(name));
    if (!base) co_return std::unexpected(failure_of(std::move(what), base.error()));
    Result<http::Url> url = base->with_target(fmt::format("/v2/{}/{}", name.path(), path));
    if (!url) {
        co_return std::unexpected(Failure{FailureKind::unexpected, std::move(url).error()});
    }
    http::Request request{.method = method, .url = *std::move(url)};
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.timeouts = state->options.timeouts;
    http::RetryPolicy retry = state->options.retry;
    // A POST only opens an upload session; one that nobody uses expires by itself.
    retry.any_method = method == http::Method::post;
    Outcome<http::Response> response =
        co_await exchange(std::move(what), std::move(name), access, std::move(request), retry);
    co_return response;
}

asio::awaitable<Outcome<http::Response>> Client::follow(std::string what, ImageName name, Access access,
                                                        http::Request request, http::RetryPolicy retry) {
    const std::shared_ptr<State> state = state_;
    http::Outcome<http::Url> base = co_await state->endpoints.find(api_host(name));
    if (!base) co_return std::unexpected(failure_of(std::move(what), base.error()));
    if (request.url.origin() != base->origin()) {
        co_return std::unexpected(
            Failure{FailureKind::unexpected,
                    {std::move(what),
                     fmt::format("{} leads to {}, which is not followed", name.host(), request.url.origin()),
                     "Check that no proxy answers in the registry's place."}});
    }
    Outcome<http::Response> response =
        co_await exchange(std::move(what), std::move(name), access, std::move(request), retry);
    co_return response;
}

asio::awaitable<Outcome<http::Response>> Client::exchange(std::string what, ImageName name, Access access,
                                                          http::Request request, http::RetryPolicy retry) {
    const std::shared_ptr<State> state = state_;
    const std::string scope = scope_of(name, access);
    for (int attempt = 1;; ++attempt) {
        CO_TRY_ASSIGN(const Authorization carried,
                      co_await state->authorizer.authorization(what, name.host(), scope));
        request.headers.remove("Authorization");
        if (!carried.value.empty()) request.headers.set("Authorization", carried.value);
        http::Outcome<http::Response> response =
            co_await http::send_with_retry(state->transport, request, retry);
        if (!response) co_return std::unexpected(failure_of(std::move(what), response.error()));
        const bool refused = response->status == 401 && !response->left_origin;
        const bool again = refused && state->authorizer.learn(name.host(), scope, *response, carried);
        if (!again || attempt == kMaxAttempts) co_return *std::move(response);
    }
}

}  // namespace pr_image::registry
