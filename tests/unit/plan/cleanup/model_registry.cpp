#include "unit/plan/cleanup/model_registry.hpp"

#include <algorithm>
#include <utility>

namespace pr_image::plan::cleanup::tests {

namespace {

Descriptor describe(const ModelRegistry& registry, const Digest& digest) {
    const auto content = registry.contents.find(digest);
    const bool index = content != registry.contents.end() && content->second.index;
    return {.digest = digest, .type = index ? ManifestType::oci_index : ManifestType::oci_image, .size = 100};
}

}  // namespace

Inventory Driver::list(ModelRegistry& registry, const std::set<Digest>& overlooked) {
    Inventory inventory(registry.github);
    if (registry.github) {
        for (const auto& [digest, version] : registry.versions) {
            if (overlooked.contains(digest)) continue;
            inventory.list({version.id, digest, registry.tags_of(digest), version.created, version.touched});
        }
    } else {
        std::set<Digest> tagged;
        for (const auto& [name, digest] : registry.tags)
            tagged.insert(digest);
        for (const Digest& digest : tagged)
            inventory.list({0, digest, registry.tags_of(digest), std::nullopt, std::nullopt});
    }
    return inventory;
}

Version Driver::version(const Digest& digest) const {
    const ModelVersion& known = registry_.versions.at(digest);
    if (!registry_.github) return {0, digest, registry_.tags_of(digest), std::nullopt, std::nullopt};
    return {known.id, digest, registry_.tags_of(digest), known.created, known.touched};
}

bool Driver::step() {
    now_ += std::chrono::milliseconds(random_(4'000));
    const Step step = execution_.next(now_, 1 + random_(40));
    if (const auto* needed = std::get_if<Read>(&step)) {
        read(needed->needs);
    } else if (const auto* looked = std::get_if<Look>(&step)) {
        before_look();
        look(looked->nodes);
    } else if (const auto* publish = std::get_if<Publish>(&step)) {
        registry_.request();
        const Result<Manifest> manifest = parse_manifest(publish->journal.bytes, kJournalMediaType);
        ModelManifest stored{.index = true};
        stored.journal = manifest->journal;
        for (const Descriptor& child : manifest->children) {
            stored.children.push_back(child.digest);
            if (child.attested) stored.attested.emplace(child.digest, *child.attested);
        }
        registry_.put(publish->journal.digest, std::move(stored), registry_.now);
        registry_.tag(publish->journal.tag, publish->journal.digest, registry_.now);
        registry_.after_change();
        execution_.published(publish->journal, {});
    } else if (const auto* tags = std::get_if<TakeTags>(&step)) {
        take_tags(*tags);
    } else if (const auto* removal = std::get_if<Remove>(&step)) {
        remove(removal->nodes);
    } else {
        return false;
    }
    return true;
}

void Driver::read(const Needs& needs) {
    Inventory& inventory = execution_.inventory();
    for (const NodeId node : needs.manifests) {
        registry_.request();
        const Digest digest = inventory[node].digest;
        const auto version = registry_.versions.find(digest);
        const auto content = registry_.contents.find(digest);
        if (version == registry_.versions.end() || content == registry_.contents.end()) {
            inventory.read(node, Reading::missing);
            continue;
        }
        if (version->second.unreadable) {
            inventory.read(node, Reading::unreadable);
            continue;
        }
        Manifest manifest;
        manifest.type = content->second.index ? ManifestType::oci_index : ManifestType::oci_image;
        for (const Digest& child : content->second.children) {
            manifest.children.push_back(describe(registry_, child));
            const auto attested = content->second.attested.find(child);
            if (attested == content->second.attested.end()) continue;
            manifest.children.back().attested = attested->second;
            manifest.children.back().runnable = false;
        }
        manifest.subject = content->second.subject;
        manifest.attestation = content->second.attestation;
        manifest.journal = content->second.journal;
        if (!content->second.index) manifest.config = content->second.config;
        inventory.read(node, manifest, 100);
    }
    for (const Digest& config : needs.configs) {
        registry_.request();
        std::optional<ImageConfig> found;
        if (const auto manifest = registry_.by_config.find(config); manifest != registry_.by_config.end()) {
            const auto content = registry_.contents.find(manifest->second);
            const auto version = registry_.versions.find(manifest->second);
            if (content != registry_.contents.end()) {
                found = ImageConfig{content->second.branch, version == registry_.versions.end()
                                                                ? std::nullopt
                                                                : std::optional(version->second.created)};
                found->head_sha = content->second.head_sha;
                if (content->second.number != 0) {
                    found->number = *PullRequestNumber::parse(std::to_string(content->second.number));
                }
            }
        }
        inventory.read_config(config, found);
    }
    for (const NodeId node : needs.referrers) {
        registry_.request();
        std::vector<Descriptor> referrers;
        for (const auto& [digest, manifest] : registry_.contents) {
            if (registry_.versions.contains(digest) && manifest.subject == inventory[node].digest) {
                referrers.push_back(describe(registry_, digest));
            }
        }
        inventory.read_referrers(node, referrers);
    }
    execution_.learn(needs.pull_requests, repository_);
    const bool seen = std::ranges::any_of(needs.manifests, [&](NodeId node) {
        return inventory[node].presence == Presence::referred && inventory[node].reading == Reading::read;
    });
    if (!registry_.github || !seen) return;
    // The registry has what the list did not show: it is listed again.
    overlooked_.clear();
    for (const auto& [digest, known] : registry_.versions)
        inventory.list(version(digest));
}

void Driver::list_again(NodeId node) {
    const Digest digest = execution_.inventory()[node].digest;
    if (registry_.versions.contains(digest)) {
        execution_.inventory().list(version(digest));
    } else {
        execution_.inventory().remove(node);
    }
}

/// What a real look can see: the nodes in question, versions and tags that were not there before.
void Driver::look(const std::vector<NodeId>& nodes) {
    Inventory& inventory = execution_.inventory();
    registry_.request();
    if (registry_.github) {
        for (const NodeId node : nodes)
            list_again(node);
        for (const auto& [digest, known] : registry_.versions) {
            const auto node = inventory.find(digest);
            if (overlooked_.contains(digest)) continue;
            if (!node || inventory[*node].version_id != known.id) inventory.list(version(digest));
        }
    } else {
        for (NodeId node = 0; node < inventory.size(); ++node) {
            if (!inventory[node].tags.empty()) list_again(node);
        }
    }
    for (const auto& [name, digest] : registry_.tags) {
        const bool known = std::ranges::any_of(inventory.nodes(), [&](const Node& node) {
            return std::ranges::find(node.tags, name) != node.tags.end();
        });
        if (!known) inventory.list(version(digest));
    }
}

void Driver::take_tags(const TakeTags& step) {
    for (const Untag& untag : step.untags) {
        registry_.request();
        if (registry_.github) {
            // Whether the loss of a tag counts as a change is the registry's affair. If it does, the rest
            // waits for its retention again; here it must be gone after the second run.
            registry_.tags.insert_or_assign(untag.tag, step.onto->digest);
            registry_.after_change();
            execution_.untagged(untag, {});
        } else if (registry_.deletes_tags) {
            registry_.tags.erase(untag.tag);
            registry_.after_change();
            execution_.untagged(untag, {});
        } else {
            execution_.untagged(untag, {Outcome::Kind::refused, "it cannot delete a tag"});
        }
    }
}

void Driver::remove(std::vector<NodeId> nodes) {
    while (!nodes.empty()) {
        const std::size_t at = random_(nodes.size());
        const NodeId node = nodes[at];
        nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(at));
        registry_.request();
        const Node& target = execution_.inventory()[node];
        const auto version = registry_.versions.find(target.digest);
        const bool there = version != registry_.versions.end() &&
                           (!registry_.github || version->second.id == target.version_id);
        if (there && version->second.refused) {
            execution_.removed(node, {Outcome::Kind::refused, "it was pulled too often"});
            continue;
        }
        if (random_(100) < registry_.failing_percent) {
            execution_.removed(node, {Outcome::Kind::failed, "the registry answers 500"});
            continue;
        }
        if (there) {
            registry_.before_removal(Digest(target.digest));
            registry_.remove(target.digest);
            registry_.after_change();
        }
        execution_.removed(node, {});
    }
}

}  // namespace pr_image::plan::cleanup::tests
