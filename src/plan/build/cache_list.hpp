#pragma once

#include "plan/build/option_list.hpp"
#include "text/error.hpp"
#include "text/workspace_path.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// Where a cache is kept. `embedded` is buildx's `inline`: in the image itself.
enum class CacheType { registry, gha, local, embedded, s3, azblob };
enum class CacheDirection { from, to };

/// Gives the name that buildx uses.
std::string_view to_string(CacheType type);

/// One cache, as `--cache-from` or `--cache-to` of docker buildx build takes it.
struct CacheEntry {
    CacheDirection direction = CacheDirection::from;
    CacheType type = CacheType::registry;
    std::optional<NamedImage> reference;  ///< of a registry's cache, which always has one
    std::optional<WorkspacePath> path;    ///< of a local cache, which always has one: `src` or `dest`
    Attributes attributes;                ///< all but the type, the reference and the path

    /// The entry as buildx gets it, whichever way it was spelled.
    [[nodiscard]] std::string text() const;
    /// The entry as people see it: with `***` for each credential.
    [[nodiscard]] std::string shown() const;
    /// True where it brings a credential of its own: a key that is one, a signed address, or one with user
    /// and password.
    [[nodiscard]] bool has_credential() const;
    bool operator==(const CacheEntry&) const = default;
};

/// Takes an entry; gives the caches that it names: one, or in the short form a registry's for each bare
/// reference. Errors: what buildx or BuildKit refuses, or ignores without a word (a type, key or value that
/// nobody knows, a key with a blank before it), a path that `paths` does not open, and a bare word that is a
/// type of cache: buildx takes `gha` for the image docker.io/library/gha. Rules: buildx's
/// util/buildflags/cache.go, BuildKit's cache/remotecache.
Result<std::vector<CacheEntry>> parse_cache(std::string_view entry, CacheDirection direction,
                                            const PathOpener& paths);

}  // namespace pr_image::plan
