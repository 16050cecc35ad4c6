#include "registry/endpoint.hpp"

#include "text/try.hpp"

#include <algorithm>
#include <utility>

namespace pr_image::registry {

namespace {

namespace asio = boost::asio;

std::string_view without_port(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    const bool port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
    return port ? authority.substr(0, colon) : authority;
}

}  // namespace

std::string api_host(const ImageName& name) {
    return name.host() == "docker.io" ? "registry-1.docker.io" : name.host();
}

bool may_be_plain(std::string_view authority, const std::vector<std::string>& insecure) {
    return text::is_loopback(authority) || std::ranges::any_of(insecure, [&](const std::string& entry) {
               return entry == authority || entry == without_port(authority);
           });
}

asio::awaitable<http::Outcome<http::Url>> Endpoints::find(std::string host) {
    if (const auto known = known_.find(host); known != known_.end()) co_return known->second;
    http::Outcome<http::Url> found = co_await detect(host);
    if (!found) co_return found;
    // Those who asked at once go by one answer.
    co_return known_.try_emplace(host, *found).first->second;
}

asio::awaitable<http::Outcome<http::Url>> Endpoints::detect(std::string host) {
    const Result<http::Url> https = http::Url::parse("https://" + host + "/v2/");
    const Result<http::Url> http = http::Url::parse("http://" + host + "/v2/");
    if (!https || !http) {
        co_return std::unexpected(
            http::Failure{http::FailureKind::refused, https ? http.error() : https.error()});
    }
    if (!may_be_plain(host, insecure_)) co_return *https;

    http::Request request{.url = text::is_loopback(host) ? *http : *https};
    request.redirects = 0;
    request.timeouts = timeouts_;
    const bool plain_first = !request.url.secure();
    http::Outcome<http::Response> answer = co_await transport_.exchange(request);
    if (plain_first) {
        // A TLS server answers plain HTTP with 400 or with what is no HTTP at all; a registry's /v2/ never
        // does.
        const bool is_tls = answer ? answer->status == 400
                                   : answer.error().kind == http::FailureKind::protocol ||
                                         answer.error().kind == http::FailureKind::closed;
        if (is_tls) co_return *https;
        CO_TRY(std::move(answer));
        co_return *http;
    }
    if (answer) co_return *https;
    const http::FailureKind kind = answer.error().kind;
    const bool no_tls = kind == http::FailureKind::tls || kind == http::FailureKind::closed ||
                        kind == http::FailureKind::connect;
    if (!no_tls) co_return std::unexpected(std::move(answer).error());
    co_return *http;
}

}  // namespace pr_image::registry
