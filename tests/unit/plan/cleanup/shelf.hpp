#pragma once

#include "plan/cleanup/inventory.hpp"
#include "plan/cleanup/policy.hpp"
#include "plan/cleanup/select.hpp"
#include "text/sha256.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pr_image::plan::cleanup::tests {

/// A package with manifests that tests know by name, everything in it read.
class Shelf {
  public:
    static constexpr Timestamp kNow{std::chrono::hours(495'000)};

    explicit Shelf(bool complete = true) : inventory(complete) {
        policy.protected_tags = default_protected_tags("main");
        policy.default_branch = "main";
    }

    static Digest digest(const std::string& name) { return text::sha256(name); }
    [[nodiscard]] NodeId node(const std::string& name) const { return *inventory.find(digest(name)); }

    /// A manifest that the registry lists, with its tags, so many hours old.
    void list(const std::string& name, std::vector<std::string> tags = {}, int hours = 1) {
        inventory.list({.id = ++next_id_,
                        .digest = digest(name),
                        .tags = std::move(tags),
                        .created = kNow - std::chrono::hours(hours),
                        .touched = kNow - std::chrono::hours(hours)});
    }
    /// An image, whose configuration has this branch as its label.
    void image(const std::string& name, std::vector<std::string> tags = {}, int hours = 1,
               const std::string& branch = {}) {
        labelled(name, std::move(tags), hours, ImageConfig{.branch = branch, .created = {}});
    }
    /// An image of a pull request, by its labels.
    void image_of(int number, const std::string& name, std::vector<std::string> tags = {}, int hours = 1,
                  const std::string& head_sha = {}) {
        labelled(name, std::move(tags), hours,
                 ImageConfig{.branch = {},
                             .created = {},
                             .number = PullRequestNumber::parse(std::to_string(number)).value(),
                             .head_sha = head_sha});
    }
    void labelled(const std::string& name, std::vector<std::string> tags, int hours, ImageConfig config) {
        list(name, std::move(tags), hours);
        read_image(name, std::move(config));
    }
    /// Its content, without the list's entry.
    void read_image(const std::string& name, ImageConfig config = {}) {
        Manifest manifest{.type = ManifestType::oci_image, .config = digest(name + "'s configuration")};
        inventory.read(node(name), manifest, 500);
        inventory.read_config(*manifest.config, std::move(config));
    }
    /// A manifest whose subject is another one, as the referrers API or BuildKit 0.32 makes them.
    void referrer(const std::string& name, const std::string& subject, std::vector<std::string> tags = {},
                  int hours = 1, bool attestation = false) {
        list(name, std::move(tags), hours);
        inventory.read(
            node(name),
            {.type = ManifestType::oci_image, .subject = digest(subject), .attestation = attestation}, 500);
    }
    /// A journal in the shape that clean-up gives it, which names its tag; `tags` are those that it has.
    void journal(const std::string& name, const std::vector<std::string>& children,
                 const std::string& own_tag, std::vector<std::string> tags, int hours = 1) {
        list(name, std::move(tags), hours);
        Manifest manifest{
            .type = ManifestType::oci_index,
            .journal = JournalMark{.tag = own_tag, .created = kNow - std::chrono::hours(hours)}};
        for (const std::string& child : children)
            manifest.children.push_back({digest(child), ManifestType::oci_image, 500, true});
        inventory.read(node(name), manifest, 900);
    }
    /// An index of these, which need not be there.
    void index(const std::string& name, const std::vector<std::string>& children,
               std::vector<std::string> tags = {}, int hours = 1) {
        list(name, std::move(tags), hours);
        Manifest manifest{.type = ManifestType::oci_index};
        for (const std::string& child : children) {
            const auto known = inventory.find(digest(child));
            const bool nested = known && is_index(inventory[*known].type);
            manifest.children.push_back(
                {digest(child), nested ? ManifestType::oci_index : ManifestType::oci_image, 500, true});
        }
        inventory.read(node(name), manifest, 900);
    }
    void pull_request(int number, bool open, std::optional<int> closed_hours_ago = 1,
                      std::string head_sha = std::string(40, 'f')) {
        PullRequestState state{.open = open, .closed_at = {}, .head_sha = std::move(head_sha)};
        if (!open && closed_hours_ago) state.closed_at = kNow - std::chrono::hours(*closed_hours_ago);
        repository.pull_requests[*PullRequestNumber::parse(std::to_string(number))] = state;
    }

    [[nodiscard]] Deletions select() const { return cleanup::select(inventory, repository, policy, kNow); }
    [[nodiscard]] Decision decision(const std::string& name) const { return select().decisions[node(name)]; }
    [[nodiscard]] bool goes(const std::string& name) const { return decision(name).goes; }
    /// "pull request 7 is closed"
    [[nodiscard]] std::string why(const std::string& name) const {
        return explain(inventory, decision(name));
    }

    Inventory inventory;
    OpenPullRequests repository;
    Policy policy;

  private:
    std::uint64_t next_id_ = 100;
};

}  // namespace pr_image::plan::cleanup::tests
