#include "fakes/artifact_service.hpp"

#include "fakes/twirp.hpp"
#include "text/artifact_name.hpp"
#include "text/sha256.hpp"
#include "text/strings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pr_image::fakes {

namespace json = boost::json;

namespace {

std::string camel_cased(std::string_view name) {
    std::string result;
    bool upper = false;
    for (const char c : name) {
        if (c != '_') result += upper ? static_cast<char>(c - 'a' + 'A') : c;
        upper = c == '_';
    }
    return result;
}

json::value with_camel_case(const json::value& value) {
    if (const json::array* array = value.if_array()) {
        json::array result;
        for (const json::value& element : *array)
            result.push_back(with_camel_case(element));
        return result;
    }
    if (const json::object* object = value.if_object()) {
        json::object result;
        for (const auto& member : *object)
            result[camel_cased(member.key())] = with_camel_case(member.value());
        return result;
    }
    return value;
}

Reply rest_error(int status, std::string_view message) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = json::serialize(json::object{{"message", message}})};
}

}  // namespace

Reply ArtifactService::answer(json::value body) const {
    return twirp_reply(camel_case ? with_camel_case(body) : std::move(body));
}

std::string ArtifactService::url(const StoredArtifact& artifact, bool write) const {
    return origin + blobs_.sign(artifact.blob(), write, address_lifetime);
}

Reply ArtifactService::call(std::string_view method, const json::value& message, const RunToken& caller) {
    if (!caller.results) return twirp_error("permission_denied", "the token has no scope for results");
    if (method == "CreateArtifact") return create(message, caller);
    if (method == "FinalizeArtifact") return finalize(message, caller);
    if (method == "ListArtifacts") return list(message, caller);
    if (method == "GetSignedArtifactURL") return locate(message, caller);
    if (method == "DeleteArtifact") return remove(message, caller);
    return twirp_error("bad_route", "no such method");
}

Reply ArtifactService::create(const json::value& message, const RunToken& caller) {
    if (twirp_field(message, "workflow_run_backend_id") != caller.attempt ||
        twirp_field(message, "workflow_job_run_backend_id") != caller.job) {
        return twirp_error("permission_denied", "the token belongs to another job");
    }
    const std::string name = twirp_field(message, "name");
    const std::string version = twirp_field(message, "version");
    if (!text::ArtifactName::parse(name)) return twirp_error("invalid_argument", "invalid artifact name");
    if (version != "4" && version != "7") return twirp_error("invalid_argument", "unknown version");
    for (const StoredArtifact& other : artifacts_) {
        const bool same_place =
            other.attempt == caller.attempt || (names_for_the_whole_run && other.run_id == caller.run_id);
        if (same_place && other.name == name) {
            return twirp_error("already_exists",
                               "an artifact with this name already exists on the workflow run");
        }
    }
    std::string mime_type = twirp_field(message, "mime_type");
    if (mime_type.empty()) mime_type = "application/zip";
    artifacts_.push_back({.id = ++last_id_,
                          .run_id = caller.run_id,
                          .attempt = caller.attempt,
                          .job = caller.job,
                          .name = name,
                          .mime_type = mime_type,
                          .expires_at = twirp_field(message, "expires_at"),
                          .digest = {}});
    return answer(json::object{{"ok", true}, {"signed_upload_url", url(artifacts_.back(), true)}});
}

StoredArtifact* ArtifactService::find(const json::value& message, const RunToken& caller) {
    const auto found = std::ranges::find_if(artifacts_, [&](const StoredArtifact& artifact) {
        return artifact.run_id == caller.run_id && artifact.name == twirp_field(message, "name") &&
               artifact.attempt == twirp_field(message, "workflow_run_backend_id") &&
               artifact.job == twirp_field(message, "workflow_job_run_backend_id");
    });
    return found == artifacts_.end() ? nullptr : &*found;
}

Reply ArtifactService::finalize(const json::value& message, const RunToken& caller) {
    StoredArtifact* artifact = find(message, caller);
    if (artifact == nullptr || artifact->complete)
        return twirp_error("not_found", "no such artifact to complete");
    if (artifact->job != caller.job)
        return twirp_error("permission_denied", "the artifact belongs to another job");
    BlobStore::Blob* blob = blobs_.find(artifact->blob());
    if (blob == nullptr) return twirp_error("failed_precondition", "nothing was uploaded");
    if (twirp_field(message, "size") != std::to_string(blob->size)) {
        return twirp_error("invalid_argument", "the size is not what was uploaded");
    }
    text::Sha256 hash;
    for (const auto& block : blob->blocks)
        hash.update(*block);
    const std::string digest = hash.finish().string();
    if (twirp_field(message, "hash") != digest) {
        return twirp_error("invalid_argument", "the hash is not that of what was uploaded");
    }
    artifact->digest = digest;
    artifact->size = blob->size;
    artifact->complete = true;
    blob->file_name = artifact->name;
    return answer(json::object{{"ok", true}, {"artifact_id", std::to_string(artifact->id)}});
}

Reply ArtifactService::list(const json::value& message, const RunToken& caller) {
    const std::string name = twirp_field(message, "name_filter");
    const std::string id = twirp_field(message, "id_filter");
    json::array found;
    for (const StoredArtifact& artifact : artifacts_) {
        if (!artifact.complete || artifact.expired || artifact.run_id != caller.run_id) continue;
        if (!name.empty() && artifact.name != name) continue;
        if (!id.empty() && std::to_string(artifact.id) != id) continue;
        found.push_back(json::object{{"workflow_run_backend_id", artifact.attempt},
                                     {"workflow_job_run_backend_id", artifact.job},
                                     {"database_id", std::to_string(artifact.id)},
                                     {"name", artifact.name},
                                     {"size", std::to_string(artifact.size)},
                                     {"created_at", "2026-01-01T00:00:00Z"},
                                     {"digest", artifact.digest}});
    }
    return answer(json::object{{"artifacts", std::move(found)}});
}

Reply ArtifactService::locate(const json::value& message, const RunToken& caller) {
    const StoredArtifact* artifact = find(message, caller);
    if (artifact == nullptr || !artifact->complete) return twirp_error("not_found", "artifact not found");
    return answer(json::object{{"signed_url", url(*artifact, false)}});
}

Reply ArtifactService::remove(const json::value& message, const RunToken& caller) {
    StoredArtifact* artifact = find(message, caller);
    if (artifact == nullptr) return twirp_error("not_found", "artifact not found");
    const std::uint64_t id = artifact->id;
    blobs_.remove(artifact->blob());
    std::erase_if(artifacts_, [id](const StoredArtifact& one) { return one.id == id; });
    return answer(json::object{{"ok", true}, {"artifact_id", std::to_string(id)}});
}

std::uint64_t ArtifactService::add(const RunToken& owner, std::string name, std::string content,
                                   std::string content_type) {
    StoredArtifact artifact{.id = ++last_id_,
                            .run_id = owner.run_id,
                            .attempt = owner.attempt,
                            .job = owner.job,
                            .name = std::move(name),
                            .mime_type = content_type,
                            .expires_at = {},
                            .digest = text::sha256(content).string(),
                            .size = content.size(),
                            .complete = true};
    blobs_.put(artifact.blob(), std::move(content), std::move(content_type));
    artifacts_.push_back(std::move(artifact));
    return last_id_;
}

Reply ArtifactService::rest(const Seen& request, std::string_view repository, std::string_view rest_token) {
    if (request.header("Authorization") != fmt::format("Bearer {}", rest_token)) {
        return rest_error(403, "Resource not accessible by integration");
    }
    const std::string prefix = fmt::format("/repos/{}/actions/", repository);
    // GitHub takes owners and repositories in any case.
    if (text::to_lower(request.target.substr(0, prefix.size())) != text::to_lower(prefix))
        return rest_error(404, "Not Found");
    const std::string path = request.target.substr(prefix.size(), request.target.find('?') - prefix.size());
    const auto parts = text::split(path, '/');
    if (request.method == "GET" && parts.size() == 3 && parts[0] == "runs" && parts[2] == "artifacts") {
        const std::string name = query_parameter(request.target, "name");
        json::array found;
        for (const StoredArtifact& artifact : artifacts_) {
            if (!artifact.complete || std::to_string(artifact.run_id) != parts[1]) continue;
            if (!name.empty() && artifact.name != name) continue;
            found.push_back(json::object{{"id", artifact.id},
                                         {"name", artifact.name},
                                         {"size_in_bytes", artifact.size},
                                         {"expired", artifact.expired},
                                         {"digest", artifact.digest}});
        }
        return twirp_reply(json::object{{"total_count", found.size()}, {"artifacts", found}});
    }
    if (request.method == "GET" && parts.size() == 3 && parts[0] == "artifacts" && parts[2] == "zip") {
        for (const StoredArtifact& artifact : artifacts_) {
            if (std::to_string(artifact.id) != parts[1]) continue;
            if (artifact.expired) return rest_error(410, "Artifact has expired");
            return {.status = 302, .headers = {{"Location", url(artifact, false)}}};
        }
    }
    return rest_error(404, "Not Found");
}

}  // namespace pr_image::fakes
