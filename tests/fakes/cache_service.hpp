#pragma once

#include "fakes/blob_store.hpp"
#include "fakes/http_server.hpp"
#include "fakes/run_token.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::fakes {

/// A cache entry as the service keeps it.
struct CacheEntry {
    std::uint64_t id = 0;
    std::string scope;
    std::string key;
    std::string version;
    std::uint64_t size = 0;
    bool complete = false;

    [[nodiscard]] std::string blob() const { return "cache-" + std::to_string(id); }
};

/// The second version of GitHub's cache service, as BuildKit's `type=gha` and actions/cache use it. Rules:
/// actions/toolkit, packages/cache, generated/results/api/v1/cache.ts; docs.github.com, "Dependency caching
/// reference": an entry never changes; it is written to the token's own ref only, and looked for there first,
/// then in the base and the default branch; an exact key before a prefix, the newest of several. Not for
/// several threads.
class CacheService {
  public:
    explicit CacheService(BlobStore& blobs) : blobs_(blobs) {}

    /// Answers `POST /twirp/…CacheService/METHOD` for whom the token speaks for.
    Reply call(std::string_view method, const boost::json::value& message, const RunToken& caller);

    [[nodiscard]] const std::vector<CacheEntry>& entries() const { return entries_; }

    /// Removes the blob of an entry, while the service still names it.
    void lose_blob(std::string_view key) const;

    std::chrono::milliseconds address_lifetime{600'000};
    std::string origin;  ///< of the server that all this is on

  private:
    Reply create(const boost::json::value& message, const RunToken& caller);
    Reply finalize(const boost::json::value& message, const RunToken& caller);
    Reply locate(const boost::json::value& message, const RunToken& caller) const;
    CacheEntry* find(std::string_view scope, std::string_view key, std::string_view version);
    [[nodiscard]] const CacheEntry* match(std::string_view scope, std::string_view key,
                                          std::string_view version) const;

    BlobStore& blobs_;
    std::vector<CacheEntry> entries_;  // the newest last
    std::uint64_t last_id_ = 0;
};

}  // namespace pr_image::fakes
