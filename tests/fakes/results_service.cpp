#include "fakes/results_service.hpp"

#include "fakes/twirp.hpp"
#include "text/json.hpp"

#include <fmt/format.h>

#include <mutex>
#include <utility>

namespace pr_image::fakes {

namespace {

constexpr std::string_view kKey = "the fake Results service's signing key";
constexpr std::string_view kTwirp = "/twirp/github.actions.results.api.v1.";

}  // namespace

struct ResultsService::State {
    explicit State(const ResultsServiceOptions& options)
        : blobs(std::string(kKey)),
          artifacts(blobs, std::string(kKey)),
          cache(blobs),
          server(
              [this](Seen& request) { return answer(request); },
              ServerOptions{.address = options.address,
                            .port = options.port,
                            .record = options.record,
                            .accept_body = [this](const Seen& head) { return faults.accept_body(head); }}) {
        const std::lock_guard lock(mutex);
        std::string origin = server.url("/");
        origin.pop_back();
        artifacts.origin = cache.origin = origin;
    }

    Reply answer(Seen& request) {
        return faults.answer(request, [this](Seen& seen) { return route(seen); });
    }

    Reply route(Seen& request) {
        const std::lock_guard lock(mutex);
        if (BlobStore::is_for(request)) return blobs.handle(request);
        if (request.target.starts_with("/repos/")) return artifacts.rest(request, kRepository, kRestToken);
        if (request.target.starts_with(kTwirp) && request.method == "POST") return twirp(request);
        return twirp_error("bad_route", "no such path");
    }

    Reply twirp(const Seen& request) {
        const std::string authorization = request.header("Authorization");
        const std::optional<RunToken> caller =
            authorization.starts_with("Bearer ") ? verify_token(authorization.substr(7), kKey) : std::nullopt;
        if (!caller) return twirp_error("unauthenticated", "the token is missing, expired or not GitHub's");
        if (!request.header("Content-Type").starts_with("application/json")) {
            return twirp_error("bad_route", "unexpected Content-Type");
        }
        const auto message = text::parse_json(request.body, "message");
        if (!message) return twirp_error("invalid_argument", "the message is no JSON");
        const std::string path = request.target.substr(kTwirp.size());
        const std::string method = path.substr(path.find('/') + 1);
        if (path.starts_with("ArtifactService/")) return artifacts.call(method, *message, *caller);
        if (path.starts_with("CacheService/")) return cache.call(method, *message, *caller);
        return twirp_error("bad_route", "no such service");
    }

    std::mutex mutex;
    BlobStore blobs;
    ArtifactService artifacts;
    CacheService cache;
    Faults faults;
    HttpServer server;
};

ResultsService::ResultsService(ResultsServiceOptions options) : state_(std::make_unique<State>(options)) {}

ResultsService::~ResultsService() = default;

std::string ResultsService::url() const {
    return state_->server.url("/");
}

std::uint16_t ResultsService::port() const {
    return state_->server.port();
}

std::string ResultsService::token(const RunToken& run) {
    return sign_token(run, kKey);
}

void ResultsService::add_fault(Fault fault) {
    state_->faults.add(std::move(fault));
}

std::size_t ResultsService::injected() const {
    return state_->faults.injected();
}

void ResultsService::with_artifacts(const std::function<void(ArtifactService&)>& action) {
    const std::lock_guard lock(state_->mutex);
    action(state_->artifacts);
}

void ResultsService::with_cache(const std::function<void(CacheService&)>& action) {
    const std::lock_guard lock(state_->mutex);
    action(state_->cache);
}

void ResultsService::flip_byte(std::uint64_t artifact_id, std::uint64_t offset) {
    const std::lock_guard lock(state_->mutex);
    for (const StoredArtifact& artifact : state_->artifacts.artifacts()) {
        BlobStore::Blob* blob = artifact.id == artifact_id ? state_->blobs.find(artifact.blob()) : nullptr;
        if (blob == nullptr) continue;
        std::string content = blob->bytes(0, blob->size);
        content.at(offset) = static_cast<char>(content.at(offset) ^ 1);
        blob->blocks = {std::make_shared<const std::string>(std::move(content))};
    }
}

std::vector<Seen> ResultsService::requests() const {
    return state_->server.requests();
}

std::size_t ResultsService::connections() const {
    return state_->server.connections();
}

}  // namespace pr_image::fakes
