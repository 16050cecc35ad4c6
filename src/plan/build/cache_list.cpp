#include "plan/build/cache_list.hpp"

#include "text/strings.hpp"
#include "text/try.hpp"
#include "text/userinfo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace pr_image::plan {

using text::printable;

namespace {

constexpr std::array<std::pair<std::string_view, CacheType>, 6> kCacheTypes{
    {{"registry", CacheType::registry},
     {"gha", CacheType::gha},
     {"local", CacheType::local},
     {"inline", CacheType::embedded},
     {"s3", CacheType::s3},
     {"azblob", CacheType::azblob}}};

/// Of every cache that is written. BuildKit takes what it cannot read of the first two for the default.
constexpr std::array<OptionKey, 7> kWrittenKeys{
    {{.name = "mode", .kind = ValueKind::choice, .choices = "min max", .empty_is_absent = true},
     {.name = "ignore-error", .kind = ValueKind::boolean, .empty_is_absent = true},
     {.name = "compression", .kind = ValueKind::choice, .choices = "uncompressed gzip estargz zstd nydus"},
     {.name = "force-compression", .kind = ValueKind::boolean_or_empty},
     {.name = "compression-level", .kind = ValueKind::integer},
     {.name = "oci-mediatypes", .kind = ValueKind::boolean},
     {.name = "image-manifest", .kind = ValueKind::boolean}}};
constexpr std::array<OptionKey, 2> kRegistryKeys{
    {{"ref"}, {.name = "registry.insecure", .kind = ValueKind::boolean}}};
constexpr std::array<OptionKey, 5> kLocalKeys{
    {{"src"}, {"dest"}, {"tag"}, {"digest"}, {.name = "reset", .kind = ValueKind::boolean}}};
constexpr std::array<OptionKey, 8> kGhaKeys{{{"scope"},
                                             {"token"},
                                             {"url"},
                                             {"url_v2"},
                                             {"repository"},
                                             {"ghtoken"},
                                             {.name = "timeout", .kind = ValueKind::duration},
                                             {.name = "version", .kind = ValueKind::integer}}};
constexpr std::array<OptionKey, 16> kS3Keys{
    {{"bucket"},
     {"region"},
     {"prefix"},
     {"manifests_prefix"},
     {"blobs_prefix"},
     {"name"},
     {.name = "touch_refresh", .kind = ValueKind::duration},
     {"endpoint_url"},
     {"access_key_id"},
     {"secret_access_key"},
     {"session_token"},
     {.name = "use_path_style", .kind = ValueKind::boolean},
     {.name = "upload_parallelism", .kind = ValueKind::integer},
     {.name = "disable_accept_encoding", .kind = ValueKind::boolean},
     {.name = "retry_mode", .kind = ValueKind::choice, .choices = "standard adaptive"},
     {.name = "retry_max_attempts", .kind = ValueKind::integer}}};
constexpr std::array<OptionKey, 8> kAzblobKeys{{{"account_url"},
                                                {"account_name"},
                                                {"container"},
                                                {"prefix"},
                                                {"manifests_prefix"},
                                                {"blobs_prefix"},
                                                {"name"},
                                                {"secret_access_key"}}};

constexpr std::array<std::string_view, 5> kCredentials{"token", "ghtoken", "access_key_id",
                                                       "secret_access_key", "session_token"};

std::vector<OptionKey> cache_keys(CacheType type) {
    std::vector<OptionKey> keys(kWrittenKeys.begin(), kWrittenKeys.end());
    const auto add = [&](std::span<const OptionKey> more) {
        keys.insert(keys.end(), more.begin(), more.end());
    };
    switch (type) {
        case CacheType::registry:
            add(kRegistryKeys);
            break;
        case CacheType::local:
            add(kLocalKeys);
            break;
        case CacheType::gha:
            add(kGhaKeys);
            break;
        case CacheType::s3:
            add(kS3Keys);
            break;
        case CacheType::azblob:
            add(kAzblobKeys);
            break;
        case CacheType::embedded:
            break;
    }
    return keys;
}

std::vector<std::string_view> cache_type_names() {
    std::vector<std::string_view> names;
    names.reserve(kCacheTypes.size());
    for (const auto& [name, type] : kCacheTypes)
        names.push_back(name);
    return names;
}

/// The key of a local cache's path.
std::string_view path_key(CacheDirection direction) {
    return direction == CacheDirection::from ? "src" : "dest";
}

CacheDirection opposite(CacheDirection direction) {
    return direction == CacheDirection::from ? CacheDirection::to : CacheDirection::from;
}

Result<CacheEntry> bare_reference(const std::string& word, CacheDirection direction,
                                  const RefuseEntry& refuse) {
    if (const std::string_view type = nearest(word, cache_type_names()); !type.empty()) {
        return refuse(fmt::format("has the bare word '{}', which buildx takes for the name of an image",
                                  printable(word)),
                      fmt::format("Did you mean type={}? An image of that name is docker.io/library/{}.",
                                  type, printable(text::trim(word))));
    }
    Result<NamedImage> reference = parse_named_image(word);
    if (!reference) return refuse(fmt::format("names no image: {}", reference.error().why), "");
    return CacheEntry{.direction = direction, .reference = *std::move(reference)};
}

Result<CacheType> cache_type(const Attributes& attributes, const RefuseEntry& refuse) {
    const std::string* given = attributes.find("type");
    if (given == nullptr || given->empty()) {
        return refuse("has no type", "Write for example type=registry,ref=ghcr.io/acme/app:buildcache.");
    }
    for (const auto& [name, type] : kCacheTypes) {
        if (*given == name) return type;
    }
    const std::string_view meant = nearest(*given, cache_type_names());
    return refuse(fmt::format("has the type '{}', which BuildKit does not know", printable(*given)),
                  meant.empty() ? "Use one of: registry, gha, local, inline, s3, azblob."
                                : fmt::format("Did you mean type={}?", meant));
}

Result<void> read_place(CacheEntry& cache, const PathOpener& paths, const RefuseEntry& refuse) {
    if (cache.type == CacheType::registry) {
        const std::string given = cache.attributes.take("ref").value_or(std::string());
        if (given.empty()) return refuse("has no ref", "Write ref=ghcr.io/acme/app:buildcache behind it.");
        Result<NamedImage> reference = parse_named_image(given);
        if (!reference) return refuse(fmt::format("names no image: {}", reference.error().why), "");
        cache.reference = *std::move(reference);
    }
    if (cache.type == CacheType::local) {
        const std::string_view key = path_key(cache.direction);
        const std::string given = cache.attributes.take(key).value_or(std::string());
        if (given.empty())
            return refuse(fmt::format("has no {}", key), fmt::format("Write {}=path behind it.", key));
        // The other direction's path, which nobody looks at.
        cache.attributes.take(path_key(opposite(cache.direction)));
        const bool read = cache.direction == CacheDirection::from;
        Result<WorkspacePath> path = paths.open(given, read ? PathUse::cache : PathUse::output_layout);
        if (!path) return refuse(path.error().why, path.error().fix);
        cache.path = *std::move(path);
    }
    return {};
}

}  // namespace

std::string_view to_string(CacheType type) {
    return std::ranges::find(kCacheTypes, type, &std::pair<std::string_view, CacheType>::second)->first;
}

std::string CacheEntry::text() const {
    std::vector<std::string> fields{fmt::format("type={}", to_string(type))};
    if (reference) fields.push_back("ref=" + reference->text);
    if (path) fields.push_back(fmt::format("{}={}", path_key(direction), path->string()));
    add_fields(fields, attributes);
    return option_text(fields);
}

std::string CacheEntry::shown() const {
    CacheEntry copy = *this;
    for (const std::string_view key : kCredentials) {
        if (copy.attributes.contains(key)) copy.attributes.set(std::string(key), "***");
    }
    return copy.text();
}

bool CacheEntry::has_credential() const {
    return std::ranges::any_of(attributes, [](const Attributes::Pair& pair) {
        const bool is_key = std::ranges::find(kCredentials, pair.key) != kCredentials.end();
        const bool is_signed = pair.value.contains("?sig=") || pair.value.contains("&sig=");
        return (is_key && !pair.value.empty()) || is_signed ||
               text::without_userinfo(pair.value) != pair.value;
    });
}

Result<std::vector<CacheEntry>> parse_cache(std::string_view entry, CacheDirection direction,
                                            const PathOpener& paths) {
    const RefuseEntry refuse("Invalid cache", entry);
    const Result<std::vector<std::string>> fields = option_fields(entry);
    if (!fields) return refuse.because(fields.error());
    std::vector<CacheEntry> caches;
    if (!entry.contains('=')) {
        for (const std::string& field : *fields) {
            TRY_ASSIGN(CacheEntry cache, bare_reference(field, direction, refuse));
            caches.push_back(std::move(cache));
        }
        return caches;
    }
    Result<Attributes> attributes = option_attributes(*fields, KeySpelling::lower);
    if (!attributes) return refuse.because(attributes.error());
    CacheEntry cache{.direction = direction};
    TRY_ASSIGN(cache.type, cache_type(*attributes, refuse));
    if (cache.type == CacheType::embedded && direction == CacheDirection::from) {
        return refuse("cannot be read: an inline cache is part of an image",
                      "Name the image: type=registry,ref=ghcr.io/acme/app:latest.");
    }
    attributes->take("type");
    Result<Attributes> checked = check_attributes(*attributes, cache_keys(cache.type));
    if (!checked) return refuse.because(checked.error());
    cache.attributes = *std::move(checked);
    TRY(read_place(cache, paths, refuse));
    caches.push_back(std::move(cache));
    return caches;
}

}  // namespace pr_image::plan
