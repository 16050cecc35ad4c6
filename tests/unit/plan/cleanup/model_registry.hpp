#pragma once

#include "plan/cleanup/execution.hpp"
#include "text/sha256.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup::tests {

/// What a manifest in the model is.
struct ModelManifest {
    bool index = false;
    std::vector<Digest> children = {};
    std::optional<Digest> subject = {};
    std::string branch = {};    ///< its configuration's label
    int number = 0;             ///< the same; 0: none
    std::string head_sha = {};  ///< the same
    bool attestation = false;
    std::map<Digest, Digest> attested = {};  ///< of an index: which child is an attestation of which
    std::optional<JournalMark> journal = {};
    std::optional<Digest> config = {};  ///< made when it is put
};

/// A version as GitHub would list it.
struct ModelVersion {
    std::uint64_t id = 0;
    Timestamp created;
    Timestamp touched;
    bool refused = false;     ///< deleting it is refused, as for 5,000 downloads
    bool unreadable = false;  ///< its manifest cannot be had
};

/// The process died.
struct Killed {};

/// A configuration's digest, for a manifest with labels.
inline Digest config_of(const Digest& manifest) {
    return text::sha256("config of " + manifest.string());
}

/// A registry in memory, of either kind. Every operation is one request; any of them can be the last.
class ModelRegistry {
  public:
    bool github = true;        ///< lists every version; otherwise only tags
    bool deletes_tags = true;  ///< of the other kind
    std::map<Digest, ModelManifest> contents;
    std::map<Digest, Digest> by_config;       ///< whose configuration it is
    std::map<Digest, ModelVersion> versions;  ///< what is there
    std::map<std::string, Digest> tags;
    std::optional<std::uint64_t> dies_at;  ///< the request that is never carried out
    std::uint64_t requests = 0;
    std::uint64_t next_id = 1'000'000;
    Timestamp now{};
    /// What the first list misses, because a version was deleted while its pages were read.
    std::set<Digest> overlooked;
    std::size_t failing_percent = 0;  ///< of deletions
    std::function<void()> after_change = [] {};
    std::function<void(const Digest&)> before_removal = [](const Digest&) {};

    void put(const Digest& digest, ModelManifest manifest, Timestamp at) {
        manifest.config = config_of(digest);
        by_config.insert_or_assign(*manifest.config, digest);
        contents.insert_or_assign(digest, std::move(manifest));
        if (!versions.contains(digest)) versions.emplace(digest, ModelVersion{next_id++, at, at});
    }
    void tag(const std::string& name, const Digest& digest, Timestamp at) {
        if (const auto old = tags.find(name); old != tags.end()) versions.at(old->second).touched = at;
        tags.insert_or_assign(name, digest);
        versions.at(digest).touched = at;
    }
    void remove(const Digest& digest) {
        versions.erase(digest);
        std::erase_if(tags, [&](const auto& tag) { return tag.second == digest; });
    }
    [[nodiscard]] std::vector<std::string> tags_of(const Digest& digest) const {
        std::vector<std::string> names;
        for (const auto& [name, target] : tags) {
            if (target == digest) names.push_back(name);
        }
        return names;
    }
    void request() {
        if (dies_at && requests == *dies_at) throw Killed{};
        ++requests;
    }
};

/// Carries out an Execution against the model, a step at a time.
class Driver {
  public:
    Driver(ModelRegistry& registry, OpenPullRequests repository, Policy policy, Orders orders,
           std::function<std::size_t(std::size_t)> random)
        : registry_(registry),
          repository_(repository),
          random_(std::move(random)),
          // Where what the list does not show counts as not there, it is read until nothing new comes.
          overlooked_(policy.untagged && !policy.only ? std::set<Digest>() : registry.overlooked),
          execution_(list(registry, overlooked_), std::move(repository), std::move(policy),
                     std::move(orders)) {}

    /// Gives false at the end.
    bool step();
    void run() {
        while (step()) {
        }
    }
    [[nodiscard]] const Execution& execution() const { return execution_; }
    std::function<void()> before_look = [] {};

  private:
    static Inventory list(ModelRegistry& registry, const std::set<Digest>& overlooked);
    void read(const Needs& needs);
    void look(const std::vector<NodeId>& nodes);
    void take_tags(const TakeTags& step);
    void remove(std::vector<NodeId> nodes);
    void list_again(NodeId node);
    [[nodiscard]] Version version(const Digest& digest) const;

    ModelRegistry& registry_;
    OpenPullRequests repository_;
    std::function<std::size_t(std::size_t)> random_;
    std::set<Digest> overlooked_;
    Execution execution_;
    std::chrono::milliseconds now_{0};
};

}  // namespace pr_image::plan::cleanup::tests
