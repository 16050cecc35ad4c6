#include "fakes/ghcr.hpp"

#include "fakes/forward.hpp"
#include "fakes/registry_token.hpp"
#include "text/base64.hpp"
#include "text/strings.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace pr_image::fakes {
namespace {

constexpr std::string_view kApi = "/api/v3";
constexpr std::string_view kService = "ghcr.test";
constexpr std::string_view kIssuer = "ghcr.test/token";

Reply error(int status, std::string_view code, std::string_view message) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = fmt::format(R"({{"errors":[{{"code":"{}","message":"{}"}}]}})", code, message)};
}

bool is_write(std::string_view method) {
    return method != "GET" && method != "HEAD";
}

/// The parts of `repository:NAME:pull,push`; nothing for another kind of scope.
std::optional<TokenAccess> parse_scope(std::string_view scope) {
    const auto parts = text::split(scope, ':');
    if (parts.size() != 3 || parts[0] != "repository") return std::nullopt;
    TokenAccess access{.repository = std::string(parts[1]), .actions = {}};
    for (const auto action : text::split(parts[2], ',')) {
        access.actions.emplace_back(action);
    }
    return access;
}

/// The password of `Authorization: Basic …`.
std::optional<std::string> password_of(const Seen& seen) {
    const std::string header = seen.header("Authorization");
    if (!header.starts_with("Basic ")) return std::nullopt;
    const auto pair = text::base64_decode(std::string_view(header).substr(6));
    if (!pair || pair->find(':') == std::string::npos) return std::string();
    return pair->substr(pair->find(':') + 1);
}

}  // namespace

Ghcr::Ghcr() : Ghcr(Options()) {}

Ghcr::Ghcr(const Options& options) : signer_(ca_.issue({"token-service.test"})), name_(options.name) {
    api_.on_deletion([this](const std::string& repository, const std::string& digest) {
        // What the registry behind had not got either is gone all the same.
        static_cast<void>(ask("DELETE", repository, "/manifests/" + digest));
    });
    front_ = std::make_unique<HttpServer>(
        [this](const Seen& seen) { return handle(seen); },
        ServerOptions{.tls = options.tls, .address = options.address, .port = options.port});
    registry_ = std::make_unique<support::DockerRegistry>(support::DockerRegistry::Options{
        .auth = {.token_realm = fmt::format("{}://{}/token", options.tls ? "https" : "http", host()),
                 .token_service = std::string(kService),
                 .token_issuer = std::string(kIssuer),
                 .token_certificate = ca_.certificate()}});
}

std::string Ghcr::host() const {
    return name_.empty() ? front_->authority() : name_;
}

std::string Ghcr::api_url() const {
    return front_->url(kApi);
}

void Ghcr::add_token(const std::string& token, GhcrPermission permission) {
    api_.add_token(token, {.see_packages = permission.read, .delete_packages = permission.write});
    const std::scoped_lock lock(mutex_);
    tokens_[token] = permission;
}

void Ghcr::tokens_expire_after(std::size_t requests) {
    const std::scoped_lock lock(mutex_);
    token_uses_ = requests;
}

std::size_t Ghcr::expired_requests() const {
    const std::scoped_lock lock(mutex_);
    return expired_;
}

bool Ghcr::is_expired(const std::string& authorization) {
    const std::scoped_lock lock(mutex_);
    const bool expired = token_uses_ && !authorization.empty() && ++used_[authorization] > *token_uses_;
    expired_ += expired ? 1 : 0;
    return expired;
}

void Ghcr::make_public(const std::string& repository) {
    const std::scoped_lock lock(mutex_);
    public_.insert(repository);
}

std::vector<Ghcr::Request> Ghcr::requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
}

std::vector<Ghcr::Request> Ghcr::writes() const {
    std::vector<Request> found = requests();
    std::erase_if(found, [](const Request& request) { return !is_write(request.method); });
    return found;
}

std::multiset<std::string> Ghcr::blobs_given(const std::string& repository) const {
    const std::string blobs = "/v2/" + repository + "/blobs/";
    std::multiset<std::string> digests;
    for (const Request& request : requests()) {
        if (request.method == "GET" && request.status == 200 && request.target.starts_with(blobs))
            digests.insert(request.target.substr(blobs.size()));
    }
    return digests;
}

std::set<std::string> Ghcr::passwords_seen() const {
    const std::scoped_lock lock(mutex_);
    return passwords_;
}

std::string Ghcr::everything_received() const {
    std::string text;
    for (const Seen& seen : front_->requests()) {
        text += fmt::format("{} {}\n", seen.method, seen.target);
        for (const auto& [name, value] : seen.headers.fields()) {
            text += fmt::format("{}: {}\n", name, value);
        }
        text += seen.body;
        text += '\n';
    }
    return text;
}

Reply Ghcr::handle(const Seen& seen) {
    if (out_) return error(503, "UNAVAILABLE", "The service is unavailable.");
    if (seen.target.starts_with("/token")) return give_token(seen);
    if (seen.target.starts_with(kApi)) {
        Seen below = seen;
        below.target = seen.target.substr(kApi.size());
        return api_.handle(below);
    }
    if (seen.method == "DELETE" && seen.target.find("/manifests/") != std::string::npos) {
        return error(405, "UNSUPPORTED", "The operation is unsupported.");
    }
    if (is_expired(seen.header("Authorization"))) {
        // The registry behind says itself how it refuses one that is no longer good.
        Seen late = seen;
        late.headers.set("Authorization", "Bearer expired");
        return forward(late, registry_->port());
    }
    Reply reply = ask_registry(seen);
    if (seen.method == "PUT" && reply.status == 201) note_push(seen, reply);
    return reply;
}

/// A manifest that was put is a version of the package from then on.
void Ghcr::note_push(const Seen& seen, const Reply& reply) {
    constexpr std::string_view kManifests = "/manifests/";
    const std::size_t at = seen.target.rfind(kManifests);
    if (at == std::string::npos) return;
    const std::string repository = seen.target.substr(4, at - 4);
    const std::string reference = seen.target.substr(at + kManifests.size());
    const auto digest = std::ranges::find(reply.headers, "Docker-Content-Digest",
                                          &std::pair<std::string, std::string>::first);
    if (digest == reply.headers.end()) return;
    api_.push(repository, digest->second, reference.starts_with("sha256:") ? std::string() : reference,
              std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

Reply Ghcr::give_token(const Seen& seen) {
    if (seen.method != "GET") return error(405, "UNSUPPORTED", "The operation is unsupported.");
    const std::scoped_lock lock(mutex_);
    const auto password = password_of(seen);
    if (password) passwords_.insert(*password);
    const auto known = password ? tokens_.find(*password) : tokens_.end();
    if (password && known == tokens_.end()) return error(403, "DENIED", "denied");

    const auto url = boost::urls::parse_origin_form(seen.target);
    if (!url) return error(400, "UNKNOWN", "bad request");
    const GhcrPermission allowed = password ? known->second : GhcrPermission{.read = false, .write = false};
    std::vector<TokenAccess> granted;
    for (const auto parameter : url->params()) {
        if (parameter.key != "scope") continue;
        for (const auto scope : text::split(parameter.value, ' ')) {
            auto access = parse_scope(scope);
            if (!access) return error(400, "UNKNOWN", "unknown scope");
            const bool is_public = public_.contains(access->repository);
            if (!password && !is_public) return error(401, "UNAUTHORIZED", "authentication required");
            std::erase_if(access->actions, [&](const std::string& action) {
                return action == "pull" ? !is_public && !allowed.read : !allowed.write;
            });
            granted.push_back(std::move(*access));
        }
    }
    const auto token = registry_token(signer_, std::string(kIssuer), std::string(kService), granted);
    return {.headers = {{"Content-Type", "application/json"}},
            .body = boost::json::serialize(boost::json::object{{"token", token}})};
}

Reply Ghcr::ask_registry(const Seen& seen) {
    Reply reply = forward(seen, registry_->port());
    for (auto& [name, value] : reply.headers) {
        if (seen.target == "/v2/" && text::to_lower(name) == "www-authenticate") {
            value += R"(,scope="repository:user/image:pull")";
        }
    }
    const bool authenticated = !seen.header("Authorization").empty();
    if (reply.status == 401 && authenticated) {
        reply = error(
            403, "DENIED",
            is_write(seen.method) ? "permission_denied: write_package" : "permission_denied: read_package");
    }
    const std::scoped_lock lock(mutex_);
    requests_.push_back({seen.method, seen.target, reply.status, authenticated});
    return reply;
}

support::HttpResponse Ghcr::ask(std::string_view method, const std::string& repository,
                                const std::string& rest, const support::HttpFields& fields,
                                std::string_view body) const {
    support::HttpFields all = fields;
    all.emplace_back("Authorization",
                     "Bearer " + registry_token(signer_, std::string(kIssuer), std::string(kService),
                                                {{repository, {"pull", "push", "delete"}}}));
    return support::http_request("127.0.0.1", registry_->port(), method, "/v2/" + repository + rest, all,
                                 body);
}

}  // namespace pr_image::fakes
