#include "fakes/package_server.hpp"

#include "text/base64.hpp"
#include "text/json.hpp"
#include "text/sha256.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::fakes {

namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view kApi = "/api/v3";
constexpr std::string_view kIndex = "application/vnd.oci.image.index.v1+json";
constexpr std::string_view kImage = "application/vnd.oci.image.manifest.v1+json";

Reply error(int status, std::string_view code, std::string_view message) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = fmt::format(R"({{"errors":[{{"code":"{}","message":"{}"}}]}})", code, message)};
}

std::vector<std::string> children_of(const std::string& bytes) {
    std::vector<std::string> digests;
    const Result<boost::json::value> body = text::parse_json(bytes, "manifest");
    const boost::json::value* list = body ? text::find_json(*body, "manifests") : nullptr;
    if (list == nullptr || !list->is_array()) return digests;
    for (const boost::json::value& child : list->get_array())
        digests.push_back(text::json_string(child, "digest"));
    return digests;
}

}  // namespace

PackageServer::PackageServer() : PackageServer(Options()) {}

PackageServer::PackageServer(Options options) : options_(std::move(options)) {
    server_ = std::make_unique<HttpServer>([this](const Seen& seen) {
        Reply reply = handle(seen);
        reply.delay = std::max(reply.delay, options_.latency);
        if (options_.clock_behind) {
            const auto time = std::chrono::system_clock::now() - *options_.clock_behind;
            reply.headers.emplace_back("Date",
                                       fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                                                   fmt::gmtime(std::chrono::system_clock::to_time_t(time))));
        }
        return reply;
    });
}

void PackageServer::on_request(std::function<void(const Seen&)> hook) {
    const std::scoped_lock lock(mutex_);
    hook_ = std::move(hook);
}

void PackageServer::break_manifest(const std::string& digest) {
    const std::scoped_lock lock(mutex_);
    broken_[digest] = true;
}

std::string PackageServer::push(const std::string& repository, const std::string& tag,
                                const std::string& media_type, const std::string& bytes,
                                text::Timestamp now) {
    std::string digest = text::sha256(bytes).string();
    {
        const std::scoped_lock lock(mutex_);
        manifests_[digest] = {media_type, bytes, children_of(bytes)};
    }
    api_.push(repository, digest, tag, now);
    return digest;
}

std::string PackageServer::put_blob(const std::string& bytes) {
    std::string digest = text::sha256(bytes).string();
    const std::scoped_lock lock(mutex_);
    blobs_[digest] = bytes;
    return digest;
}

std::string PackageServer::push_image(const std::string& repository, const std::string& tag,
                                      const std::string& name, text::Timestamp now,
                                      const std::map<std::string, std::string>& labels) {
    object shown;
    for (const auto& [key, value] : labels)
        shown[key] = value;
    const std::string config = boost::json::serialize(
        object{{"os", "linux"}, {"architecture", "amd64"}, {"config", {{"Labels", shown}}}});
    const std::string config_digest = put_blob(config);
    const std::string bytes =
        boost::json::serialize(object{{"schemaVersion", 2},
                                      {"mediaType", kImage},
                                      {"config",
                                       {{"mediaType", "application/vnd.oci.image.config.v1+json"},
                                        {"digest", config_digest},
                                        {"size", config.size()}}},
                                      {"layers", array()},
                                      {"annotations", {{"name", name}}}});
    return push(repository, tag, std::string(kImage), bytes, now);
}

std::string PackageServer::push_index(const std::string& repository, const std::string& tag,
                                      const std::vector<std::string>& children, text::Timestamp now) {
    array listed;
    {
        const std::scoped_lock lock(mutex_);
        for (const std::string& child : children) {
            const auto known = manifests_.find(child);
            listed.push_back(object{
                {"mediaType", known == manifests_.end() ? std::string(kImage) : known->second.media_type},
                {"digest", child},
                {"size", known == manifests_.end() ? 1 : known->second.bytes.size()},
                {"platform", {{"os", "linux"}, {"architecture", "amd64"}}}});
        }
    }
    const std::string bytes =
        boost::json::serialize(object{{"schemaVersion", 2},
                                      {"mediaType", kIndex},
                                      {"manifests", std::move(listed)},
                                      {"annotations", {{"org.opencontainers.image.ref.name", tag}}}});
    return push(repository, tag, std::string(kIndex), bytes, now);
}

std::string PackageServer::push_referrer(const std::string& repository, const std::string& tag,
                                         const std::string& subject, text::Timestamp now) {
    const std::string bytes = boost::json::serialize(object{
        {"schemaVersion", 2},
        {"mediaType", kImage},
        {"artifactType", "application/vnd.dev.sigstore.bundle.v0.3+json"},
        {"config",
         {{"mediaType", "application/vnd.oci.empty.v1+json"}, {"digest", put_blob("{}")}, {"size", 2}}},
        {"layers", array()},
        {"subject", {{"mediaType", kImage}, {"digest", subject}, {"size", 1}}}});
    return push(repository, tag, std::string(kImage), bytes, now);
}

bool PackageServer::is_there(const std::string& repository, const std::string& digest) const {
    return manifests_.contains(digest) && api_.has(repository, digest);
}

bool PackageServer::whole(const std::string& repository, const std::string& reference) const {
    std::vector<std::string> todo{reference.starts_with("sha256:") ? reference
                                                                   : api_.digest_of(repository, reference)};
    const std::scoped_lock lock(mutex_);
    while (!todo.empty()) {
        const std::string digest = todo.back();
        todo.pop_back();
        if (!is_there(repository, digest)) return false;
        const std::vector<std::string>& children = manifests_.at(digest).children;
        todo.insert(todo.end(), children.begin(), children.end());
    }
    return true;
}

Reply PackageServer::handle(const Seen& seen) {
    std::function<void(const Seen&)> hook;
    {
        const std::scoped_lock lock(mutex_);
        hook = hook_;
    }
    if (hook) hook(seen);
    if (seen.target.starts_with(kApi)) {
        Seen below = seen;
        below.target = seen.target.substr(kApi.size());
        return api_.handle(below);
    }
    if (seen.target.starts_with("/token")) return token(seen);
    return registry(seen);
}

Reply PackageServer::token(const Seen& seen) const {
    const std::string header = seen.header("Authorization");
    const auto pair =
        text::base64_decode(header.starts_with("Basic ") ? std::string_view(header).substr(6) : "");
    if (!pair || !pair->ends_with(":" + options_.registry_token)) return error(403, "DENIED", "denied");
    return {.headers = {{"Content-Type", "application/json"}},
            .body = R"({"token":"good","expires_in":300})"};
}

Reply PackageServer::registry(const Seen& seen) {
    if (!options_.registry_token.empty() && seen.header("Authorization") != "Bearer good") {
        Reply reply = error(401, "UNAUTHORIZED", "authentication required");
        reply.headers.emplace_back("WWW-Authenticate", fmt::format(R"(Bearer realm="{}",service="ghcr.test")",
                                                                   server_->url("/token")));
        return reply;
    }
    const auto url = boost::urls::parse_origin_form(seen.target);
    const std::string path = url ? url->path() : "";
    if (path == "/v2/") return {.body = "{}"};
    for (const std::string_view kind : {"/manifests/", "/blobs/", "/tags/list", "/referrers/"}) {
        const std::size_t at = path.rfind(kind);
        if (at == std::string::npos || at < 4) continue;
        const std::string repository = path.substr(4, at - 4);
        const std::string rest = path.substr(at + kind.size());
        if (kind == "/tags/list") return tag_list(seen, repository);
        if (kind == "/manifests/") return manifest(seen, repository, rest);
        if (kind == "/referrers/") return {.status = 404};
        const std::scoped_lock lock(mutex_);
        const auto blob = blobs_.find(rest);
        if (blob == blobs_.end()) return error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        return {.headers = {{"Content-Type", "application/octet-stream"}}, .body = blob->second};
    }
    return {.status = 404};
}

Reply PackageServer::tag_list(const Seen& seen, const std::string& repository) const {
    const auto url = boost::urls::parse_origin_form(seen.target);
    std::size_t most = 100;
    std::string after;
    for (const auto parameter : url->params()) {
        if (parameter.key == "n") most = static_cast<std::size_t>(std::stoul(parameter.value));
        if (parameter.key == "last") after = parameter.value;
    }
    const std::vector<std::string> all = api_.tags(repository);
    const auto from = std::ranges::upper_bound(all, after);
    const auto count = std::min<std::ptrdiff_t>(all.end() - from, static_cast<std::ptrdiff_t>(most));
    array tags(from, from + count);
    Reply reply{.headers = {{"Content-Type", "application/json"}}};
    if (from + count != all.end()) {
        reply.headers.emplace_back("Link", fmt::format(R"(</v2/{}/tags/list?n={}&last={}>; rel="next")",
                                                       repository, most, *(from + count - 1)));
    }
    reply.body = boost::json::serialize(object{{"name", repository}, {"tags", std::move(tags)}});
    return reply;
}

Reply PackageServer::manifest(const Seen& seen, const std::string& repository, const std::string& reference) {
    if (seen.method == "PUT") {
        const std::string tag = reference.starts_with("sha256:") ? std::string() : reference;
        const std::string digest =
            push(repository, tag, seen.header("Content-Type"), seen.body,
                 std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
        return {.status = 201, .headers = {{"Docker-Content-Digest", digest}}};
    }
    const std::string digest =
        reference.starts_with("sha256:") ? reference : api_.digest_of(repository, reference);
    if (seen.method == "DELETE") {
        using enum Options::Deletion;
        if (options_.deletion == unsupported)
            return error(405, "UNSUPPORTED", "The operation is unsupported.");
        if (options_.deletion == refused_as_404 || !api_.has(repository, digest))
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown");
        api_.remove_version(repository, digest);
        return {.status = 202};
    }
    const std::scoped_lock lock(mutex_);
    if (broken_.contains(digest)) return error(500, "UNKNOWN", "something is broken");
    if (!is_there(repository, digest)) return error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    const Content& content = manifests_.at(digest);
    return {.headers = {{"Content-Type", content.media_type},
                        {"Docker-Content-Digest", digest},
                        {"Content-Length", std::to_string(content.bytes.size())}},
            .body = content.bytes};
}

}  // namespace pr_image::fakes
