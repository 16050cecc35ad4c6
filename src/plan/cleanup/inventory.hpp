#pragma once

#include "plan/cleanup/manifest.hpp"
#include "text/digest.hpp"
#include "text/timestamp.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pr_image::plan::cleanup {

/// A manifest's place in its Inventory.
using NodeId = std::uint32_t;

/// One manifest as the registry's list shows it: GitHub calls it a package version.
struct Version {
    std::uint64_t id = 0;  ///< GitHub's; 0 where the registry has no such thing
    Digest digest;
    std::vector<std::string> tags;     ///< as the registry has them
    std::optional<Timestamp> created;  ///< when it was pushed
    std::optional<Timestamp> touched;  ///< when it or its tags changed last
};

/// What is known of a manifest's content.
enum class Reading : std::uint8_t {
    unread,
    read,
    missing,    ///< the registry has no such manifest, although something refers to it
    unreadable  ///< the registry would not give it, or it makes no sense
};

/// Whether the manifest is in the registry.
enum class Presence : std::uint8_t {
    listed,    ///< the registry's list has it
    referred,  ///< only known because something refers to it
    gone       ///< it was there and is no more
};

/// A manifest and what it refers to.
struct Node {
    Digest digest;
    std::uint64_t version_id = 0;
    std::vector<std::string> tags;
    std::optional<Timestamp> created;
    std::optional<Timestamp> touched;
    Presence presence = Presence::referred;
    Reading reading = Reading::unread;
    ManifestType type = ManifestType::unknown;  ///< from its own bytes, else what every referrer agrees on
    bool claimed = false;                       ///< an index has said what type it is
    bool refused = false;                       ///< the registry will not delete it, so it stays
    bool referrers_known = false;               ///< the registry has said what refers to it as its subject
    std::uint64_t size = 0;                     ///< bytes; 0: not known
    std::vector<NodeId> children;               ///< of an index
    std::optional<NodeId> subject;
    std::optional<NodeId> runnable;  ///< the first child that is an image and no attestation
    std::optional<Digest> config;
    bool attestation = false;     ///< by its own content
    std::vector<NodeId> attests;  ///< the images that indexes say it is an attestation of
    std::optional<JournalMark> journal;
    bool own_journal = false;  ///< this run has published it
};

/// True for a manifest of a clean-up's journal that has the tag it names itself. Any other manifest under
/// such a tag is none, whoever put it there.
bool is_journal(const Node& node);

/// When the registry last heard of the manifest, which is what retention counts from.
std::optional<Timestamp> age_from(const Node& node);

/// Every manifest of one image name that is known, and how they hang together. A value to decide on: filled
/// from outside, step by step, as answers come in.
class Inventory {
  public:
    /// With `complete` the registry's list has every manifest (GitHub Packages); without it, only tagged ones
    /// are listed (OCI distribution), and what is merely referred to may well exist.
    explicit Inventory(bool complete) : complete_(complete) {}
    Inventory(Inventory&&) noexcept = default;
    Inventory& operator=(Inventory&&) noexcept = default;
    Inventory(const Inventory&) = delete;
    Inventory& operator=(const Inventory&) = delete;
    ~Inventory() = default;

    /// Says that the registry has a referrers API, which then has to be asked about whatever is to go.
    void has_referrers_api(bool has) { referrers_api_ = has; }
    [[nodiscard]] bool has_referrers_api() const { return referrers_api_; }

    /// Takes an entry of the registry's list; what was known of its tags before is replaced. The subject that
    /// a referrer's tag names is then known, too.
    NodeId list(Version version);
    /// Notes that the manifest is no longer there.
    void remove(NodeId node);
    /// Puts a tag on a manifest; another one that had it loses it.
    void tag(NodeId node, std::string tag);
    /// Takes a tag off a manifest.
    void untag(NodeId node, std::string_view tag);
    /// Notes that this run itself has published the journal.
    void trust_journal(NodeId node) { nodes_[node].own_journal = true; }
    /// Notes that the registry refuses to delete the manifest.
    void refuse(NodeId node) { nodes_[node].refused = true; }

    /// Takes what a manifest says and its size in bytes; a second time is ignored, since content is
    /// immutable.
    void read(NodeId node, const Manifest& manifest, std::uint64_t size);
    /// Takes what the registry's referrers API says of a manifest; these are then known by their subject.
    void read_referrers(NodeId subject, const std::vector<Descriptor>& referrers);
    /// Notes that a manifest could not be read.
    void read(NodeId node, Reading failed) { nodes_[node].reading = failed; }
    /// Takes an image's configuration; nothing means that it could not be had.
    void read_config(const Digest& digest, std::optional<ImageConfig> config);

    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] const std::deque<Node>& nodes() const { return nodes_; }
    [[nodiscard]] const Node& operator[](NodeId node) const { return nodes_[node]; }
    [[nodiscard]] NodeId size() const { return static_cast<NodeId>(nodes_.size()); }
    [[nodiscard]] std::optional<NodeId> find(const Digest& digest) const;
    /// The configuration that was read under this digest; nullptr when nobody has asked for it yet.
    [[nodiscard]] const std::optional<ImageConfig>* config(const Digest& digest) const;

    /// Says whether the manifest may be in the registry: listed, or referred to and not known to be missing.
    /// A list that shifts while it is read overlooks what is there.
    [[nodiscard]] bool present(NodeId node) const;
    /// Says whether the registry could be told to delete it: where it lists everything, what it lists.
    [[nodiscard]] bool deletable(NodeId node) const;
    /// Says whether everything that the manifest refers to is known: it was read, or is not there.
    [[nodiscard]] bool known(NodeId node) const;
    /// The same for a manifest that an index of interest refers to: that it is an image is then enough.
    [[nodiscard]] bool known_as_child(NodeId node) const;

    /// Says whether a manifest is an attestation, by its content, of an image without a tag that an index or
    /// its own subject names: part of what that image came with.
    [[nodiscard]] bool attests(NodeId attestation, NodeId image) const;

  private:
    NodeId add(const Digest& digest);

    bool complete_;
    bool referrers_api_ = false;
    std::deque<Node> nodes_;  // a deque, because by_digest_ refers to the digests inside
    std::unordered_map<std::string_view, NodeId> by_digest_;
    std::map<Digest, std::optional<ImageConfig>> configs_;
};

}  // namespace pr_image::plan::cleanup
