#include "commands/cleanup/contents.hpp"

#include "async/run_workers.hpp"
#include "registry/manifest.hpp"
#include "text/sha256.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::commands::cleanup {

namespace asio = boost::asio;
using plan::cleanup::Inventory;
using plan::cleanup::Manifest;
using plan::cleanup::Needs;
using plan::cleanup::NodeId;
using plan::cleanup::Reading;

asio::awaitable<void> Contents::read(Inventory& inventory, Needs needs) {
    const std::size_t manifests = needs.manifests.size();
    const std::size_t configs = needs.configs.size();
    const std::size_t all = manifests + configs + needs.referrers.size();
    const auto read_one = [&](std::size_t i) -> asio::awaitable<void> {
        if (i < manifests) return read_manifest(inventory, needs.manifests[i]);
        if (i < manifests + configs) return read_config(inventory, needs.configs[i - manifests]);
        return read_referrers(inventory, needs.referrers[i - manifests - configs]);
    };
    // The first that is asked for goes alone and learns which credentials the registry wants; at once, all of
    // them would be refused and ask for a token each.
    std::size_t next = 0;
    for (; next < all && !introduced_; ++next)
        co_await read_one(next);
    co_await async::run_workers(all - next, at_once_, [&](std::size_t i) { return read_one(next + i); });
}

asio::awaitable<Contents::Answer> Contents::fetch(std::string path, Digest digest) {
    if (std::optional<ManifestCache::Entry> kept = cache_.find(digest))
        co_return Answer{.entry = std::move(kept)};
    introduced_ = true;
    http::Headers headers;
    headers.set("Accept", fmt::format("{}, */*", registry::kManifestTypes));
    const std::string what = fmt::format("Cannot read {}@{}", image_.string(), digest.string());
    registry::Outcome<http::Response> response = co_await client_.send(
        what, image_, access_, http::Method::get, std::move(path), std::move(headers), std::string());
    if (!response) co_return Answer{};
    if (response->status == 404) co_return Answer{.missing = true};
    if (!response->ok() || (digest.algorithm() == "sha256" && text::sha256(response->body) != digest)) {
        co_return Answer{};
    }
    ManifestCache::Entry entry{.media_type = std::string(response->headers.get("Content-Type").value_or("")),
                               .bytes = std::move(response->body)};
    cache_.add(digest, entry);
    co_return Answer{.entry = std::move(entry)};
}

asio::awaitable<void> Contents::read_manifest(Inventory& inventory, NodeId node) {
    const Digest digest = inventory[node].digest;
    Answer answer = co_await fetch("manifests/" + digest.string(), digest);
    if (!answer.entry) {
        inventory.read(node, answer.missing ? Reading::missing : Reading::unreadable);
        co_return;
    }
    const Result<Manifest> manifest =
        plan::cleanup::parse_manifest(answer.entry->bytes, answer.entry->media_type);
    if (manifest) {
        inventory.read(node, *manifest, answer.entry->bytes.size());
    } else {
        inventory.read(node, Reading::unreadable);
    }
}

asio::awaitable<void> Contents::read_config(Inventory& inventory, Digest config) {
    Answer answer = co_await fetch("blobs/" + config.string(), config);
    std::optional<plan::cleanup::ImageConfig> found;
    if (answer.entry) {
        if (auto parsed = plan::cleanup::parse_image_config(answer.entry->bytes)) found = *std::move(parsed);
    }
    inventory.read_config(config, std::move(found));
}

asio::awaitable<void> Contents::read_referrers(Inventory& inventory, NodeId node) {
    introduced_ = true;
    const Digest digest = inventory[node].digest;
    const std::string what =
        fmt::format("Cannot list what refers to {}@{}", image_.string(), digest.string());
    registry::Outcome<http::Response> response =
        co_await client_.send(what, image_, access_, http::Method::get, "referrers/" + digest.string(),
                              http::Headers(), std::string());
    std::vector<plan::cleanup::Descriptor> referrers;
    if (response && response->ok()) {
        if (auto index = plan::cleanup::parse_manifest(response->body, ""))
            referrers = std::move(index->children);
    }
    inventory.read_referrers(node, referrers);
}

}  // namespace pr_image::commands::cleanup
