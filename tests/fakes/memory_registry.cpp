#include "fakes/memory_registry.hpp"

#include "text/base64.hpp"
#include "text/sha256.hpp"

#include <fmt/format.h>

#include <mutex>
#include <set>
#include <utility>

namespace pr_image::fakes {

namespace {

Reply error(int status, std::string_view code, std::string_view message) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = fmt::format(R"({{"errors":[{{"code":"{}","message":"{}"}}]}})", code, message)};
}

// "/v2/acme/app/manifests/x" → "acme/app", "manifests", "x"
struct Path {
    std::string repository;
    std::string kind;
    std::string rest;
};

Path parse_path(std::string_view target) {
    target.remove_prefix(std::string_view("/v2/").size());
    target = target.substr(0, target.find('?'));
    for (const std::string_view kind : {"manifests", "blobs", "tags"}) {
        const std::string middle = fmt::format("/{}/", kind);
        const std::size_t at = target.find(middle);
        if (at == std::string_view::npos) continue;
        return {std::string(target.substr(0, at)), std::string(kind),
                std::string(target.substr(at + middle.size()))};
    }
    return {};
}

}  // namespace

struct MemoryRegistry::State {
    struct Stored {
        std::string media_type;
        std::string bytes;
    };

    mutable std::mutex mutex;
    std::map<std::string, Account> accounts;
    std::map<std::string, std::string> tokens;  ///< token → user, "" for anybody
    int next_token = 1;
    int lifetime = 300;
    std::map<std::string, std::string> blobs;
    std::map<std::string, std::map<std::string, Stored>> manifests;
    std::set<std::string> uploads;
    int next_upload = 1;
    std::string scheme = "http";
    std::unique_ptr<HttpServer> server;

    Reply handle(const Seen& seen) {
        const std::lock_guard lock(mutex);
        if (seen.target.starts_with("/token?")) return give_token(seen);
        if (!seen.target.starts_with("/v2/")) return error(404, "NOT_FOUND", "not found");
        const Path path = parse_path(seen.target);
        const std::string authorization = seen.header("Authorization");
        const auto token = tokens.find(authorization.starts_with("Bearer ") ? authorization.substr(7) : "");
        if (token == tokens.end()) return challenge(path.repository);
        const bool known = !token->second.empty();
        const Account account = known ? accounts[token->second] : Account{};
        if (path.kind == "blobs" && path.rest.starts_with("uploads/")) return upload(seen, path, account);
        if (path.kind == "blobs") return blob(path);
        if (path.kind == "tags") return tags(path);
        if (path.kind == "manifests") return manifest_request(seen, path, account);
        return {};
    }

    [[nodiscard]] Reply challenge(const std::string& repository) const {
        Reply reply = error(401, "UNAUTHORIZED", "authentication required");
        const std::string scope =
            repository.empty() ? "" : fmt::format(",scope=\"repository:{}:pull\"", repository);
        reply.headers.emplace_back("WWW-Authenticate",
                                   fmt::format(R"(Bearer realm="{}://{}/token",service="ghcr.io"{})", scheme,
                                               server->authority(), scope));
        return reply;
    }

    Reply give_token(const Seen& seen) {
        std::string user;
        if (const std::string header = seen.header("Authorization"); !header.empty()) {
            const std::string pair = text::base64_decode(header.substr(6)).value_or("");
            user = pair.substr(0, pair.find(':'));
            const auto account = accounts.find(user);
            if (account == accounts.end() || pair != user + ":" + account->second.password) {
                return error(403, "DENIED", "denied");
            }
        }
        const std::string token = fmt::format("token-{}", next_token++);
        tokens[token] = user;
        const std::string expires = lifetime == 0 ? "" : fmt::format(R"(,"expires_in":{})", lifetime);
        return {.body = fmt::format(R"({{"token":"{}"{}}})", token, expires)};
    }

    Reply upload(const Seen& seen, const Path& path, const Account& account) {
        if (!account.may_write) return error(403, "DENIED", "permission_denied: write_package");
        if (seen.method == "POST") {
            const std::string id = std::to_string(next_upload++);
            uploads.insert(id);
            return {.status = 202,
                    .headers = {{"Location", fmt::format("/v2/{}/blobs/uploads/{}", path.repository, id)}}};
        }
        const std::string id = path.rest.substr(std::string_view("uploads/").size());
        if (uploads.erase(id) == 0)
            return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        return {.status = 204};
    }

    Reply blob(const Path& path) {
        const auto found = blobs.find(path.rest);
        if (found == blobs.end()) return error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        return {.body = found->second};
    }

    Reply tags(const Path& path) {
        const auto repository = manifests.find(path.repository);
        if (repository == manifests.end()) return error(404, "NAME_UNKNOWN", "repository name not known");
        std::string list;
        for (const auto& [reference, stored] : repository->second) {
            if (!reference.starts_with("sha256:")) list += (list.empty() ? "\"" : ",\"") + reference + "\"";
        }
        return {.body = fmt::format(R"({{"name":"{}","tags":[{}]}})", path.repository, list)};
    }

    Reply manifest_request(const Seen& seen, const Path& path, const Account& account) {
        std::map<std::string, Stored>& repository = manifests[path.repository];
        if (seen.method == "PUT") {
            if (!account.may_write) return error(403, "DENIED", "permission_denied: write_package");
            const std::string digest = text::sha256(seen.body).string();
            repository[digest] = repository[path.rest] = {seen.header("Content-Type"), seen.body};
            return {.status = 201, .headers = {{"Docker-Content-Digest", digest}}};
        }
        const auto found = repository.find(path.rest);
        if (found == repository.end()) return error(404, "MANIFEST_UNKNOWN", "manifest unknown");
        if (seen.method == "DELETE") {
            // As docker-registry 2.8: no tag goes without its image.
            if (!account.may_delete || !path.rest.starts_with("sha256:"))
                return error(405, "UNSUPPORTED", "The operation is unsupported.");
            const std::string bytes = found->second.bytes;
            std::erase_if(repository, [&](const auto& entry) { return entry.second.bytes == bytes; });
            return {.status = 202};
        }
        return {.headers = {{"Content-Type", found->second.media_type},
                            {"Docker-Content-Digest", text::sha256(found->second.bytes).string()}},
                .body = found->second.bytes};
    }
};

MemoryRegistry::MemoryRegistry(std::map<std::string, Account> accounts, ServerOptions options)
    : state_(std::make_unique<State>()) {
    state_->accounts = std::move(accounts);
    state_->scheme = options.tls ? "https" : "http";
    state_->server = std::make_unique<HttpServer>(
        [state = state_.get()](const Seen& seen) { return state->handle(seen); }, std::move(options));
}

MemoryRegistry::~MemoryRegistry() {
    state_->server.reset();
}

std::string MemoryRegistry::host() const {
    return state_->server->authority();
}

const HttpServer& MemoryRegistry::server() const {
    return *state_->server;
}

std::string MemoryRegistry::put_blob(const std::string& bytes) {
    const std::lock_guard lock(state_->mutex);
    std::string digest = text::sha256(bytes).string();
    state_->blobs[digest] = bytes;
    return digest;
}

std::string MemoryRegistry::put_manifest(const std::string& repository, const std::string& tag,
                                         const std::string& media_type, const std::string& bytes) {
    const std::lock_guard lock(state_->mutex);
    std::string digest = text::sha256(bytes).string();
    state_->manifests[repository][digest] = {media_type, bytes};
    if (!tag.empty()) state_->manifests[repository][tag] = {media_type, bytes};
    return digest;
}

std::string MemoryRegistry::manifest(const std::string& repository, const std::string& reference) const {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->manifests.find(repository);
    if (found == state_->manifests.end()) return "";
    const auto manifest = found->second.find(reference);
    return manifest == found->second.end() ? "" : manifest->second.bytes;
}

void MemoryRegistry::expire_tokens() {
    const std::lock_guard lock(state_->mutex);
    state_->tokens.clear();
}

void MemoryRegistry::say_lifetime(int seconds) {
    const std::lock_guard lock(state_->mutex);
    state_->lifetime = seconds;
}

std::size_t MemoryRegistry::open_uploads() const {
    const std::lock_guard lock(state_->mutex);
    return state_->uploads.size();
}

}  // namespace pr_image::fakes
