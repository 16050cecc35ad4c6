#pragma once

#include "commands/cleanup/manifest_cache.hpp"
#include "plan/cleanup/inventory.hpp"
#include "plan/cleanup/tag_verdicts.hpp"
#include "registry/client.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace pr_image::commands::cleanup {

/// Where manifests and configurations are read from: the cache, then the registry.
class Contents {
  public:
    /// `access` is what the run will need in the end, so that the registry is asked for one token only.
    Contents(registry::Client client, ImageName image, registry::Access access, ManifestCache& cache,
             std::size_t at_once)
        : client_(std::move(client)),
          image_(std::move(image)),
          access_(access),
          cache_(cache),
          at_once_(at_once) {}

    /// Reads what is needed into the inventory, at most so many requests at once.
    boost::asio::awaitable<void> read(plan::cleanup::Inventory& inventory, plan::cleanup::Needs needs);

  private:
    boost::asio::awaitable<void> read_manifest(plan::cleanup::Inventory& inventory,
                                               plan::cleanup::NodeId node);
    boost::asio::awaitable<void> read_config(plan::cleanup::Inventory& inventory, Digest config);
    boost::asio::awaitable<void> read_referrers(plan::cleanup::Inventory& inventory,
                                                plan::cleanup::NodeId node);

    /// What the registry answered for content of that digest.
    struct Answer {
        bool missing = false;
        std::optional<ManifestCache::Entry> entry;  ///< absent: neither had nor known to be missing
    };
    boost::asio::awaitable<Answer> fetch(std::string path, Digest digest);

    registry::Client client_;
    ImageName image_;
    registry::Access access_;
    ManifestCache& cache_;
    std::size_t at_once_;
    bool introduced_ = false;  ///< the registry was asked for something
};

}  // namespace pr_image::commands::cleanup
