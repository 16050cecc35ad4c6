#include "registry/authorizer.hpp"

#include "http/retry.hpp"
#include "registry/endpoint.hpp"
#include "text/base64.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <vector>

namespace pr_image::registry {

namespace {

namespace asio = boost::asio;

// A token that expires on its way would cost the request that it was for.
constexpr std::chrono::seconds kSafetyMargin{10};

std::string basic(const Credential& credential) {
    return "Basic " + text::base64_encode(credential.username + ":" + credential.password);
}

Failure refuse(FailureKind kind, std::string what, std::string why, std::string fix) {
    return {kind, {std::move(what), std::move(why), std::move(fix)}};
}

}  // namespace

const Credential* Authorizer::credential(const std::string& host) const {
    const auto found = options_.credentials.find(host);
    return found == options_.credentials.end() ? nullptr : &found->second;
}

bool Authorizer::learn(const std::string& host, const std::string& scope, const http::Response& response) {
    tokens_.erase({host, scope});
    std::vector<Challenge> challenges;
    for (const std::string_view value : response.headers.all("WWW-Authenticate")) {
        std::ranges::move(parse_challenges(value), std::back_inserter(challenges));
    }
    for (const std::string_view scheme : {"bearer", "basic"}) {
        const auto found = std::ranges::find(challenges, scheme, &Challenge::scheme);
        if (found == challenges.end()) continue;
        if (scheme == "basic" && credential(host) == nullptr) continue;
        // The same Basic credential again would only be refused again.
        const auto known = challenges_.find(host);
        if (scheme == "basic" && known != challenges_.end() && known->second.scheme == "basic") return false;
        challenges_.insert_or_assign(host, *found);
        return true;
    }
    return false;
}

asio::awaitable<Outcome<std::optional<std::string>>> Authorizer::authorization(std::string what,
                                                                               std::string host,
                                                                               std::string scope) {
    const auto challenge = challenges_.find(host);
    if (challenge == challenges_.end()) co_return std::nullopt;
    if (challenge->second.scheme == "basic") co_return basic(*credential(host));

    const auto kept = tokens_.find({host, scope});
    if (kept != tokens_.end() && Clock::now() < kept->second.good_until) {
        co_return "Bearer " + kept->second.token;
    }
    const Challenge copy = challenge->second;
    CO_TRY_ASSIGN(std::string token, co_await fetch_token(std::move(what), host, scope, copy));
    co_return "Bearer " + token;
}

asio::awaitable<Outcome<std::string>> Authorizer::fetch_token(std::string what, std::string host,
                                                              std::string scope, Challenge challenge) {
    const std::string named = challenge.parameter("realm");
    Result<http::Url> realm = http::Url::parse(named);
    if (!realm) {
        co_return std::unexpected(refuse(
            FailureKind::unexpected, std::move(what),
            fmt::format("{} names the token service '{}', which is no URL", host, text::printable(named)),
            ""));
    }
    if (!realm->secure() && !may_be_plain(realm->authority(), options_.insecure_registries)) {
        co_return std::unexpected(refuse(
            FailureKind::unauthorized, std::move(what),
            fmt::format("{} wants the credential sent to {} without encryption", host, realm->origin()),
            "Use a registry whose token service has https."));
    }
    http::Url url = *std::move(realm);
    if (const std::string service = challenge.parameter("service"); !service.empty()) {
        url = url.with_query("service", service);
    }
    http::Request request{.url = url.with_query("scope", scope)};
    request.timeouts = options_.timeouts;
    request.body_limit = 256 * 1024;
    if (const Credential* user = credential(host)) request.headers.set("Authorization", basic(*user));

    http::Outcome<http::Response> response =
        co_await http::send_with_retry(transport_, std::move(request), options_.retry);
    if (!response) co_return std::unexpected(failure_of(std::move(what), response.error()));
    if (!response->ok()) {
        Failure failure = failure_of(std::move(what), *response);
        // GHCR's token service says 403 to a password that it does not know.
        if (failure.kind == FailureKind::denied) failure.kind = FailureKind::unauthorized;
        co_return std::unexpected(std::move(failure));
    }
    Result<Token> token = parse_token(response->body);
    if (!token) {
        co_return std::unexpected(refuse(FailureKind::unexpected, std::move(what), token.error().why, ""));
    }
    if (options_.mask) options_.mask(token->value);
    const std::chrono::seconds lifetime(token->lifetime);
    tokens_.insert_or_assign(
        {host, scope}, Kept{token->value, Clock::now() + std::max(lifetime - kSafetyMargin, lifetime / 2)});
    co_return token->value;
}

}  // namespace pr_image::registry
