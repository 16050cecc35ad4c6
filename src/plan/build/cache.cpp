#include "plan/build/cache.hpp"

#include "plan/build/known_secrets.hpp"
#include "plan/names/tag_grammar.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace pr_image::plan {

namespace {

/// Of a platform's name in a cache's: `linux-arm64-v8` is the longest that runners have.
constexpr std::size_t kMaxPlatform = 14;
constexpr std::size_t kMaxScope = 40;

/// The refs whose caches are worth reading, nearest first, as names for scopes and tags.
struct CacheRefs {
    std::optional<std::string> own;  ///< absent where nothing would ever read what is written
    std::vector<std::string> all;
};

CacheRefs cache_refs(const Event& event, const Subject& subject) {
    CacheRefs refs;
    const bool queue = event.kind == EventKind::merge_group;
    if (subject.number && !queue) {
        refs.own = pull_request_cache_ref(*subject.number);
    } else if (!queue && !event.branch().empty()) {
        refs.own = branch_cache_ref(event.branch());
    }
    const auto add = [&](std::string name) {
        if (!name.empty() && std::ranges::find(refs.all, name) == refs.all.end())
            refs.all.push_back(std::move(name));
    };
    if (refs.own) add(*refs.own);
    add(branch_cache_ref(subject.base_ref));
    add(branch_cache_ref(event.default_branch));
    return refs;
}

/// What tells the caches of one ref apart, its `ref` left empty: the variant, and the platform where each is
/// built by a job of its own. Whoever writes a cache replaces all of it.
CacheName cache_suffix(const Inputs& inputs, const Subject& subject) {
    CacheName name;
    std::size_t room = kMaxCacheSuffix - 2;
    if (inputs.platforms.fan_out) {
        const std::vector<std::string>& platforms =
            subject.number ? inputs.platforms.pull_request : inputs.platforms.wanted;
        // A platform's parts have no dash.
        name.platform = cache_part(text::replace_all(text::join(platforms, ","), "/", "-"), kMaxPlatform);
        room -= kMaxPlatform + 3;
    }
    name.variant = cache_part(inputs.naming.variant, room);
    return name;
}

/// Whether all that the service's token may write is kept apart for this pull request. A token that does not
/// say so is believed where GitHub gives no other: on pull_request.
bool writes_only_its_own(const CacheServiceFacts& service, const Event& event, const Subject& subject) {
    if (!service.writes) return !service.writable || event.kind == EventKind::pull_request;
    const std::string own = fmt::format("refs/pull/{}/", subject.number->string());
    return std::ranges::all_of(*service.writes, [&](const std::string& ref) { return ref.starts_with(own); });
}

/// Why the service's token must not meet this build, in words; empty when it may.
std::string_view token_refusal(ServiceCache granted, bool asked, const CacheServiceFacts& service,
                               const Event& event, const Subject& subject) {
    constexpr std::string_view kForeign =
        "the cache service's token may write what other builds read, and a pull request's build must not "
        "meet "
        "it";
    switch (granted) {
        case ServiceCache::of_ref:
            return {};
        case ServiceCache::own:
            return writes_only_its_own(service, event, subject) ? std::string_view() : kForeign;
        case ServiceCache::own_when_asked:
            if (!asked) break;
            return service.writes && writes_only_its_own(service, event, subject) ? std::string_view()
                                                                                  : kForeign;
        case ServiceCache::none:
            break;
    }
    return "the cache service's token must not meet untrusted code";
}

/// What tells apart the caches that GitHub keeps for one ref of a repository, where all images of it share
/// one cache: the image and the target. The repository's own image and an ordinary target of it have their
/// names; everything else has a hash of the whole, and so has a target that could be read as a part of a
/// ref's name.
std::string scope_name(const Event& event, const Inputs& inputs, const ImageName& image) {
    const std::string_view path = image.path();
    const std::string name(path.substr(path.rfind('/') + 1));
    const std::string& target = inputs.build.target;
    const bool own = path == text::to_lower(event.repository);
    const bool ordinary_target = !target.contains('-') && target != name && !name.starts_with(target + "-");
    if (own && target.empty()) return cache_part(name, kMaxScope);
    if (own && ordinary_target) return cache_part(target, kMaxScope);
    return hashed_part(target.empty() ? name : target, fmt::format("{}\n{}", image.string(), target),
                       kMaxScope);
}

void add_service_cache(CacheChoice& choice, const CacheRefs& refs, const std::string& scope,
                       const CacheName& suffix, bool read, bool write) {
    const auto scope_of = [&](const std::string& ref) {
        const std::string name =
            cache_scope({.ref = ref, .variant = suffix.variant, .platform = suffix.platform});
        return Attributes{{"scope", fmt::format("{}-{}", scope, name)}};
    };
    if (read) {
        for (const std::string& ref : refs.all)
            choice.from.push_back({.type = CacheType::gha, .attributes = scope_of(ref)});
    }
    if (write && refs.own) {
        Attributes attributes = scope_of(*refs.own);
        attributes.set("mode", "max");
        attributes.set("ignore-error", "true");
        choice.to.push_back(
            {.direction = CacheDirection::to, .type = CacheType::gha, .attributes = std::move(attributes)});
    }
}

void add_registry_cache(CacheChoice& choice, const CacheRefs& refs, const ImageName& image,
                        const CacheName& suffix, bool write) {
    const auto place = [&](const std::string& ref) {
        const std::string tag =
            cache_tag({.ref = ref, .variant = suffix.variant, .platform = suffix.platform});
        return parse_named_image(fmt::format("{}:{}", image.string(), tag)).value();
    };
    for (const std::string& name : refs.all)
        choice.from.push_back({.reference = place(name)});
    if (write && refs.own) {
        choice.to.push_back({.direction = CacheDirection::to,
                             .reference = place(*refs.own),
                             .attributes = {{"mode", "max"},
                                            {"image-manifest", "true"},
                                            {"oci-mediatypes", "true"},
                                            {"ignore-error", "true"}}});
    }
}

/// An entry as warnings show it: of one with a secret the type alone.
std::string shown(const CacheEntry& entry, const KnownSecrets& known) {
    if (entry.has_credential() || known.in(entry.text()))
        return fmt::format("type={}", to_string(entry.type));
    return text::printable(entry.shown());
}

bool is_service(const CacheEntry& entry) {
    return entry.type == CacheType::gha;
}

}  // namespace

CacheChoice choose_cache(const Event& event, const Inputs& inputs, const Subject& subject,
                         const Grants& grants, const ImageName& image, Strategy strategy,
                         const CacheServiceFacts& service) {
    CacheChoice choice;
    const bool pushes = strategy == Strategy::push;
    const bool asked_for_service = inputs.cache.kind == CacheKind::gha ||
                                   std::ranges::any_of(inputs.cache.from, is_service) ||
                                   std::ranges::any_of(inputs.cache.to, is_service);
    const std::string_view refusal =
        token_refusal(grants.service_cache(), asked_for_service, service, event, subject);
    const bool read = refusal.empty() && service.readable;
    const bool write = refusal.empty() && service.writable;

    const auto drop = [&](std::string_view input, std::string_view entry, std::string_view why) {
        choice.warnings.push_back(
            {"Cache left out", fmt::format("{} '{}' is not used: {}.", input, entry, why)});
    };
    const KnownSecrets known(inputs.credentials, inputs.build.secrets);
    // A frontend that the Dockerfile names is handed the entries as they are.
    const auto credential_refusal = [&](std::string_view input, const CacheEntry& entry) -> std::string_view {
        if (!grants.has(Grant::known_secrets)) {
            const bool secret = entry.has_credential() || known.in(entry.text());
            return secret ? "untrusted code must not meet the credential in it" : std::string_view();
        }
        if (known.in(entry.text())) {
            choice.warnings.push_back({"Secret in a cache entry",
                                       fmt::format("Input {} holds a secret of this step, and the frontend "
                                                   "that the Dockerfile names is handed it.",
                                                   input)});
        }
        return {};
    };
    const auto service_refusal = [&](bool possible) -> std::string_view {
        if (!refusal.empty()) return refusal;
        return possible ? std::string_view() : "the cache service does not allow it in this run";
    };

    const CacheRefs refs = cache_refs(event, subject);
    const bool automatic = inputs.cache.from.empty() && inputs.cache.to.empty();
    if (automatic && (inputs.cache.kind == CacheKind::automatic || inputs.cache.kind == CacheKind::gha)) {
        add_service_cache(choice, refs, scope_name(event, inputs, image), cache_suffix(inputs, subject), read,
                          write);
        const std::string_view why = service_refusal(read || write);
        if (inputs.cache.kind == CacheKind::gha && !why.empty()) drop("cache", "gha", why);
        const bool told = inputs.cache.kind == CacheKind::gha || grants.service_cache() != ServiceCache::own;
        if (!told && !refusal.empty() && (service.readable || service.writable)) {
            choice.remarks.push_back(fmt::format("No cache: {}. Input cache: registry works here.", refusal));
        }
    }
    if (automatic && inputs.cache.kind == CacheKind::registry) {
        add_registry_cache(choice, refs, image, cache_suffix(inputs, subject),
                           pushes && grants.has(Grant::shared_cache_write));
    }
    for (const CacheEntry& entry : inputs.cache.from) {
        std::string_view why = is_service(entry) ? service_refusal(read) : std::string_view();
        if (why.empty()) why = credential_refusal("cache-from", entry);
        if (why.empty()) {
            choice.from.push_back(entry);
        } else {
            drop("cache-from", shown(entry, known), why);
        }
    }
    for (const CacheEntry& entry : inputs.cache.to) {
        std::string_view why;
        if (is_service(entry)) {
            why = service_refusal(write);
        } else if (!grants.has(Grant::shared_cache_write) && entry.type != CacheType::local) {
            why = "an untrusted build writes no cache that others read";
        } else if (entry.type == CacheType::registry && !pushes) {
            why = "this run does not push";
        }
        if (why.empty()) why = credential_refusal("cache-to", entry);
        if (why.empty()) {
            choice.to.push_back(entry);
        } else {
            drop("cache-to", shown(entry, known), why);
        }
    }
    choice.uses_service =
        std::ranges::any_of(choice.from, is_service) || std::ranges::any_of(choice.to, is_service);
    return choice;
}

}  // namespace pr_image::plan
