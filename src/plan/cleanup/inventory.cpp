#include "plan/cleanup/inventory.hpp"

#include "plan/names/tag_grammar.hpp"

#include <algorithm>
#include <utility>

namespace pr_image::plan::cleanup {

namespace {

/// What an index says of a child is only as good as the index: where two disagree, the child has to be read.
void claim_type(Node& node, ManifestType type) {
    if (node.reading == Reading::read) return;
    if (!node.claimed) {
        node.claimed = true;
        node.type = type;
    } else if (node.type != type) {
        node.type = ManifestType::unknown;
    }
}

}  // namespace

bool is_journal(const Node& node) {
    return node.journal && std::ranges::find(node.tags, node.journal->tag) != node.tags.end();
}

std::optional<Timestamp> age_from(const Node& node) {
    if (!node.created) return node.touched;
    return node.touched ? std::max(*node.created, *node.touched) : node.created;
}

NodeId Inventory::add(const Digest& digest) {
    if (const auto known = by_digest_.find(digest.string()); known != by_digest_.end()) return known->second;
    const auto id = static_cast<NodeId>(nodes_.size());
    Node& node = nodes_.emplace_back(Node{.digest = digest, .tags = {}});
    by_digest_.emplace(node.digest.string(), id);
    return id;
}

NodeId Inventory::list(Version version) {
    const NodeId id = add(version.digest);
    Node& node = nodes_[id];
    // A digest that comes back after it was deleted is there again, and so may its content be.
    if (node.presence == Presence::gone || node.reading == Reading::missing) {
        if (node.reading != Reading::read) node.reading = Reading::unread;
    }
    node.version_id = version.id;
    node.tags = std::move(version.tags);
    node.created = version.created;
    node.touched = version.touched;
    node.presence = Presence::listed;
    for (std::size_t i = 0; i < nodes_[id].tags.size(); ++i) {
        if (const TagName name = read_tag(nodes_[id].tags[i]); name.subject) add(*name.subject);
    }
    return id;
}

void Inventory::remove(NodeId node) {
    nodes_[node].presence = Presence::gone;
    nodes_[node].tags.clear();
}

void Inventory::tag(NodeId node, std::string tag) {
    for (Node& other : nodes_)
        std::erase(other.tags, tag);
    nodes_[node].tags.push_back(std::move(tag));
}

void Inventory::untag(NodeId node, std::string_view tag) {
    std::erase(nodes_[node].tags, tag);
}

void Inventory::read(NodeId id, const Manifest& manifest, std::uint64_t size) {
    if (nodes_[id].reading == Reading::read) return;
    std::vector<NodeId> children;
    std::optional<NodeId> runnable;
    for (const Descriptor& descriptor : manifest.children) {
        const NodeId child = add(descriptor.digest);
        Node& node = nodes_[child];
        claim_type(node, descriptor.type);
        if (node.size == 0) node.size = descriptor.size;
        if (!runnable && descriptor.runnable && is_image(descriptor.type)) runnable = child;
        if (descriptor.attested) {
            const NodeId image = add(*descriptor.attested);
            std::vector<NodeId>& attests = nodes_[child].attests;
            if (std::ranges::find(attests, image) == attests.end()) attests.push_back(image);
        }
        children.push_back(child);
    }
    std::ranges::sort(children);
    children.erase(std::ranges::unique(children).begin(), children.end());
    std::optional<NodeId> subject;
    if (manifest.subject) subject = add(*manifest.subject);
    Node& node = nodes_[id];
    node.reading = Reading::read;
    node.type = manifest.type;
    node.size = size;
    node.children = std::move(children);
    node.subject = subject;
    node.runnable = runnable;
    node.config = manifest.config;
    node.attestation = manifest.attestation;
    node.journal = manifest.journal;
}

void Inventory::read_referrers(NodeId subject, const std::vector<Descriptor>& referrers) {
    for (const Descriptor& descriptor : referrers) {
        const NodeId id = add(descriptor.digest);
        if (id == subject) continue;
        Node& node = nodes_[id];
        if (node.size == 0) node.size = descriptor.size;
        if (!node.subject) node.subject = subject;
    }
    nodes_[subject].referrers_known = true;
}

void Inventory::read_config(const Digest& digest, std::optional<ImageConfig> config) {
    configs_.insert_or_assign(digest, std::move(config));
}

std::optional<NodeId> Inventory::find(const Digest& digest) const {
    const auto known = by_digest_.find(digest.string());
    if (known == by_digest_.end()) return std::nullopt;
    return known->second;
}

const std::optional<ImageConfig>* Inventory::config(const Digest& digest) const {
    const auto known = configs_.find(digest);
    return known == configs_.end() ? nullptr : &known->second;
}

bool Inventory::present(NodeId node) const {
    const Node& known = nodes_[node];
    if (known.presence == Presence::listed) return true;
    return known.presence == Presence::referred && known.reading != Reading::missing;
}

bool Inventory::deletable(NodeId node) const {
    return present(node) && (!complete_ || nodes_[node].presence == Presence::listed);
}

bool Inventory::attests(NodeId attestation, NodeId image) const {
    const Node& node = nodes_[attestation];
    if (!node.attestation || attestation == image) return false;
    if (!nodes_[image].tags.empty() || is_index(nodes_[image].type)) return false;
    return node.subject == image || std::ranges::find(node.attests, image) != node.attests.end();
}

bool Inventory::known(NodeId node) const {
    const Node& here = nodes_[node];
    return here.reading == Reading::read || here.reading == Reading::missing || !present(node);
}

bool Inventory::known_as_child(NodeId node) const {
    return known(node) || (is_image(nodes_[node].type) && nodes_[node].reading == Reading::unread);
}

}  // namespace pr_image::plan::cleanup
