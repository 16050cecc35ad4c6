#include "fakes/cache_service.hpp"

#include "fakes/twirp.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <ranges>
#include <utility>

namespace pr_image::fakes {

namespace json = boost::json;

namespace {

constexpr int kRead = 1;
constexpr int kWrite = 2;
constexpr std::size_t kLongestKey = 512;

std::optional<std::string> scope_to_write(const RunToken& caller) {
    for (const CacheScope& scope : caller.cache)
        if ((scope.permission & kWrite) != 0 && (caller.ref.empty() || scope.ref == caller.ref))
            return scope.ref;
    return std::nullopt;
}

std::optional<Reply> refuse_key(std::string_view key, std::string_view version) {
    if (key.empty() || key.size() > kLongestKey || key.find(',') != std::string_view::npos) {
        return twirp_error("invalid_argument", "a key has 1 to 512 characters and no comma");
    }
    if (version.empty()) return twirp_error("invalid_argument", "the version is missing");
    return std::nullopt;
}

}  // namespace

Reply CacheService::call(std::string_view method, const json::value& message, const RunToken& caller) {
    if (method == "CreateCacheEntry") return create(message, caller);
    if (method == "FinalizeCacheEntryUpload") return finalize(message, caller);
    if (method == "GetCacheEntryDownloadURL") return locate(message, caller);
    return twirp_error("bad_route", "no such method");
}

CacheEntry* CacheService::find(std::string_view scope, std::string_view key, std::string_view version) {
    const auto found = std::ranges::find_if(entries_, [&](const CacheEntry& entry) {
        return entry.scope == scope && entry.key == key && entry.version == version;
    });
    return found == entries_.end() ? nullptr : &*found;
}

Reply CacheService::create(const json::value& message, const RunToken& caller) {
    const std::string key = twirp_field(message, "key");
    const std::string version = twirp_field(message, "version");
    if (std::optional<Reply> refused = refuse_key(key, version)) return *std::move(refused);
    const std::optional<std::string> scope = scope_to_write(caller);
    if (!scope) return twirp_error("permission_denied", "the token may not write to the cache");
    if (find(*scope, key, version) != nullptr) {
        return twirp_error("already_exists",
                           "cache entry with the same key, version, and scope already exists");
    }
    entries_.push_back({.id = ++last_id_, .scope = *scope, .key = key, .version = version});
    return twirp_reply(json::object{
        {"ok", true},
        {"signed_upload_url", origin + blobs_.sign(entries_.back().blob(), true, address_lifetime)}});
}

Reply CacheService::finalize(const json::value& message, const RunToken& caller) {
    const std::optional<std::string> scope = scope_to_write(caller);
    if (!scope) return twirp_error("permission_denied", "the token may not write to the cache");
    CacheEntry* entry = find(*scope, twirp_field(message, "key"), twirp_field(message, "version"));
    if (entry == nullptr || entry->complete)
        return twirp_error("not_found", "no such cache entry to complete");
    const BlobStore::Blob* blob = blobs_.find(entry->blob());
    if (blob == nullptr) return twirp_error("failed_precondition", "nothing was uploaded");
    if (twirp_field(message, "size_bytes") != std::to_string(blob->size)) {
        return twirp_error("invalid_argument", "the size is not what was uploaded");
    }
    entry->size = blob->size;
    entry->complete = true;
    const CacheEntry completed = *entry;
    std::erase_if(entries_, [&](const CacheEntry& one) { return one.id == completed.id; });
    entries_.push_back(completed);
    return twirp_reply(json::object{{"ok", true}, {"entry_id", std::to_string(completed.id)}});
}

const CacheEntry* CacheService::match(std::string_view scope, std::string_view key,
                                      std::string_view version) const {
    const CacheEntry* newest_with_prefix = nullptr;
    for (const CacheEntry& entry : std::views::reverse(entries_)) {
        if (!entry.complete || entry.scope != scope || entry.version != version) continue;
        if (entry.key == key) return &entry;
        if (newest_with_prefix == nullptr && entry.key.starts_with(key)) newest_with_prefix = &entry;
    }
    return newest_with_prefix;
}

Reply CacheService::locate(const json::value& message, const RunToken& caller) const {
    const std::string version = twirp_field(message, "version");
    std::vector<std::string> keys{twirp_field(message, "key")};
    if (std::optional<Reply> refused = refuse_key(keys.front(), version)) return *std::move(refused);
    const json::object* fields = message.if_object();
    const json::value* restore_keys = fields == nullptr ? nullptr : fields->if_contains("restore_keys");
    if (fields != nullptr && restore_keys == nullptr) restore_keys = fields->if_contains("restoreKeys");
    if (restore_keys != nullptr && restore_keys->is_array()) {
        for (const json::value& key : restore_keys->as_array())
            keys.emplace_back(key.as_string());
    }
    for (const CacheScope& scope : caller.cache) {
        if ((scope.permission & kRead) == 0) continue;
        for (const std::string& key : keys) {
            const CacheEntry* entry = match(scope.ref, key, version);
            if (entry == nullptr) continue;
            return twirp_reply(json::object{
                {"ok", true},
                {"signed_download_url", origin + blobs_.sign(entry->blob(), false, address_lifetime)},
                {"matched_key", entry->key}});
        }
    }
    return twirp_reply(json::object{{"ok", false}, {"signed_download_url", ""}, {"matched_key", ""}});
}

void CacheService::lose_blob(std::string_view key) const {
    for (const CacheEntry& entry : entries_)
        if (entry.key.starts_with(key)) blobs_.remove(entry.blob());
}

}  // namespace pr_image::fakes
