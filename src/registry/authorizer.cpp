#include "registry/authorizer.hpp"

#include "async/notification.hpp"
#include "http/retry.hpp"
#include "registry/endpoint.hpp"
#include "text/base64.hpp"
#include "text/try.hpp"

#include <boost/asio/this_coro.hpp>
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

/// Says whether both are answered by the same value: a Basic challenge's realm is only shown to people.
bool same_answer(const Challenge& left, const Challenge& right) {
    if (left.scheme != right.scheme) return false;
    return left.scheme == "basic" || (left.parameter("realm") == right.parameter("realm") &&
                                      left.parameter("service") == right.parameter("service"));
}

}  // namespace

/// One request to a token service, and those who wait for its outcome.
struct Authorizer::Flight {
    async::Notification landed{};
    std::optional<Outcome<Authorization>> outcome{};  ///< empty when whoever asked was cancelled
};

/// However the request ends, nobody waits for it any longer.
struct Authorizer::Landing {
    Authorizer& authorizer;
    const Place& place;
    Flight& flight;

    ~Landing() {
        authorizer.flights_.erase(place);
        flight.landed.notify();
    }
};

const Credential* Authorizer::credential(const std::string& host) const {
    const auto found = options_.credentials.find(host);
    return found == options_.credentials.end() ? nullptr : &found->second;
}

const Challenge* Authorizer::challenge_at(const Place& place) const {
    if (const auto own = challenges_.find(place); own != challenges_.end()) return &own->second;
    const auto last = last_challenges_.find(place.first);
    return last == last_challenges_.end() ? nullptr : &last->second;
}

bool Authorizer::learn(const std::string& host, const std::string& scope, const http::Response& response,
                       const Authorization& refused) {
    const Place place(host, scope);
    const auto kept = tokens_.find(place);
    // Another request may have put a newer one in its place.
    if (kept != tokens_.end() && kept->second.authorization.value == refused.value) tokens_.erase(kept);

    std::vector<Challenge> challenges;
    for (const std::string_view value : response.headers.all("WWW-Authenticate")) {
        std::ranges::move(parse_challenges(value), std::back_inserter(challenges));
    }
    for (const std::string_view scheme : {"bearer", "basic"}) {
        const auto found = std::ranges::find(challenges, scheme, &Challenge::scheme);
        if (found == challenges.end()) continue;
        if (scheme == "basic" && credential(host) == nullptr) continue;
        challenges_.insert_or_assign(place, *found);
        last_challenges_.insert_or_assign(host, *found);
        return !refused.fresh || !same_answer(refused.challenge, *found);
    }
    return false;
}

asio::awaitable<Outcome<Authorization>> Authorizer::authorization(std::string what, std::string host,
                                                                  std::string scope) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const Place place(host, scope);
    while (true) {
        const Challenge* challenge = challenge_at(place);
        if (challenge == nullptr) co_return Authorization{};
        if (challenge->scheme == "basic") {
            co_return Authorization{
                .value = basic(*credential(host)), .challenge = *challenge, .fresh = true};
        }
        const auto kept = tokens_.find(place);
        if (kept != tokens_.end() && Clock::now() < kept->second.good_until) {
            co_return kept->second.authorization;
        }
        const auto under_way = flights_.find(place);
        if (under_way == flights_.end()) {
            Outcome<Authorization> fetched = co_await fetch_token(std::move(what), place, *challenge);
            co_return fetched;
        }
        const std::shared_ptr<Flight> flight = under_way->second;
        const async::Woken woken = co_await flight->landed.wait();
        if (woken == async::Woken::cancelled) {
            co_return std::unexpected(refuse(FailureKind::cancelled, std::move(what), "cancelled", ""));
        }
        if (!flight->outcome) continue;  // whoever asked has gone: it is asked anew
        Outcome<Authorization> outcome = *flight->outcome;
        if (!outcome) outcome.error().error.what = std::move(what);
        co_return outcome;
    }
}

asio::awaitable<Outcome<Authorization>> Authorizer::fetch_token(std::string what, Place place,
                                                                Challenge challenge) {
    const auto flight = std::make_shared<Flight>();
    flights_.insert_or_assign(place, flight);
    const Landing landing{*this, place, *flight};
    Outcome<Token> token = co_await ask_token_service(std::move(what), place, challenge);
    if (!token) {
        if (token.error().kind != FailureKind::cancelled) flight->outcome = std::unexpected(token.error());
        co_return std::unexpected(std::move(token).error());
    }
    if (options_.mask) options_.mask(token->value);
    Authorization authorization{.value = "Bearer " + token->value, .challenge = std::move(challenge)};
    const std::chrono::seconds lifetime(token->lifetime);
    tokens_.insert_or_assign(
        place, Kept{authorization, Clock::now() + std::max(lifetime - kSafetyMargin, lifetime / 2)});
    // Others who waited for it may meet it used up.
    flight->outcome = authorization;
    // A token for a challenge that was only guessed from another scope may have to be asked for in another
    // way.
    authorization.fresh = challenges_.contains(place);
    co_return authorization;
}

asio::awaitable<Outcome<Token>> Authorizer::ask_token_service(std::string what, Place place,
                                                              Challenge challenge) {
    const auto& [host, scope] = place;
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
    // The registry names the place its tokens come from; that place names no other.
    request.same_origin = true;
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
    co_return *std::move(token);
}

}  // namespace pr_image::registry
