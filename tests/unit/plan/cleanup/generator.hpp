#pragma once

#include "plan/cleanup/policy.hpp"
#include "text/sha256.hpp"
#include "unit/plan/cleanup/model_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::plan::cleanup::tests {

inline constexpr std::chrono::hours kDay{24};
inline const Timestamp kNow{std::chrono::hours(495'000)};

/// A registry, its repository at GitHub, and what a clean-up of it is asked for.
struct World {
    ModelRegistry registry;
    OpenPullRequests repository;
    Policy policy;
    bool faultless = true;  ///< every manifest can be read and deleted
};

/// Makes worlds of every kind: shared parts, nested indexes, several tags a version, referrers by tag and by
/// subject, BuildKit's attestations, orphans, references to nothing, open and closed pull requests, journals
/// of earlier runs, journals and tags of them that somebody made to do harm, lists that shift, faults.
class Generator {
  public:
    explicit Generator(std::uint32_t seed) : engine_(seed) {}

    std::size_t operator()(std::size_t below) { return below == 0 ? 0 : engine_() % below; }
    bool chance(std::size_t percent) { return (*this)(100) < percent; }
    template <typename T>
    const T& one_of(const std::vector<T>& values) {
        return values[(*this)(values.size())];
    }

    World world() {
        World world;
        world.registry.github = chance(60);
        world.registry.deletes_tags = chance(70);
        world.registry.now = kNow;
        make_repository(world);
        make_policy(world);
        make_manifests(world);
        make_tags(world);
        make_referrers(world);
        make_attestations(world);
        make_hostile_tags(world);
        make_shift(world);
        make_faults(world);
        return world;
    }

    Timestamp some_time() { return kNow - std::chrono::minutes((*this)(60 * 24 * 40)); }
    Digest fresh_digest() { return text::sha256(fmt::format("{}-{}", engine_(), serial_++)); }
    std::string hex(std::size_t length) { return std::string(fresh_digest().hex().substr(0, length)); }

    const Digest& some_manifest(const World& world) {
        auto at = world.registry.versions.begin();
        std::advance(at, static_cast<std::ptrdiff_t>((*this)(world.registry.versions.size())));
        return at->first;
    }

    static PullRequestNumber number(std::size_t value) {
        return *PullRequestNumber::parse(std::to_string(value));
    }

  private:
    void make_repository(World& world) {
        for (std::size_t i = 1; i <= 6; ++i) {
            if (chance(10)) continue;
            PullRequestState state{.open = chance(40), .closed_at = {}, .head_sha = heads_[(*this)(2)]};
            if (chance(10)) state.head_sha.clear();
            if (!state.open && chance(95)) state.closed_at = kNow - std::chrono::minutes((*this)(60 * 72));
            world.repository.pull_requests[number(i)] = state;
        }
        if (chance(90))
            world.repository.branches = std::vector<std::string>{"main", "feature/Living", "pr-cleanup"};
    }

    void make_policy(World& world) {
        Policy& policy = world.policy;
        if (chance(35)) policy.only = number(1 + (*this)(6));
        policy.pr_retention = chance(50) ? std::chrono::hours(0) : kDay;
        if (chance(30)) policy.keep = 1 + (*this)(2);
        if (!policy.only && chance(70)) policy.branch_retention = kDay * 7;
        if (!policy.only && chance(40)) policy.untagged = kDay * 7;
        policy.default_branch = "main";
        policy.protected_tags =
            chance(80) ? default_protected_tags("main") : std::vector<std::string>{"pr-2-*", "v*"};
        policy.protects_pull_requests = policy.protected_tags.front() == "pr-2-*";
    }

    void make_manifests(World& world) {
        std::vector<Digest> leaves;
        const std::vector<std::string> branches{"", "", "feature/Living", "feature/gone", "main"};
        for (std::size_t i = 0, count = 1 + (*this)(10); i < count; ++i) {
            const Digest digest = fresh_digest();
            leaves.push_back(digest);
            if (chance(4)) continue;  // something may refer to it, but it is not there
            ModelManifest image;
            if (chance(60)) image.branch = one_of(branches);
            if (image.branch.empty() && chance(70)) image.number = static_cast<int>(1 + (*this)(6));
            if (image.number != 0 && chance(80)) image.head_sha = chance(30) ? heads_[(*this)(2)] : hex(40);
            world.registry.put(digest, std::move(image), some_time());
        }
        std::vector<Digest> all = leaves;
        for (std::size_t i = 0, count = (*this)(8); i < count; ++i) {
            ModelManifest index{.index = true};
            const std::vector<Digest>& pool = chance(15) ? all : leaves;
            for (std::size_t child = 0, children = (*this)(4); child < children; ++child)
                index.children.push_back(one_of(pool));
            const Digest digest = fresh_digest();
            all.push_back(digest);
            world.registry.put(digest, std::move(index), some_time());
        }
        if (world.registry.versions.empty()) world.registry.put(leaves.front(), {}, some_time());
    }

    std::string some_tag() {
        switch ((*this)(20)) {
            case 0:
            case 1:
            case 2:
            case 3:
            case 4:
            case 5:
            case 6:
            case 7:
                return fmt::format("pr-{}-{}", 1 + (*this)(7),
                                   chance(20) ? heads_[(*this)(2)].substr(0, 7) : hex(7));
            case 8:
                return fmt::format("pr-{}", 1 + (*this)(6));
            case 9:
                return fmt::format("pr-{}-{}-dev", 1 + (*this)(6), hex(40));
            case 10:
                return fmt::format("buildcache-pr-{}", 1 + (*this)(6));
            case 11:
                return chance(50) ? "buildcache-feature-gone" : "buildcache-feature-living-dev";
            case 12:
                return fmt::format("feature-living-{}", hex(7));
            case 13:
                return fmt::format("feature-gone-{}", hex(7));
            case 14:
                return fmt::format("pr-image-staging-{}", (*this)(5));
            case 15:
                return fmt::format("v1.{}", (*this)(5));
            case 16:
                return one_of(std::vector<std::string>{"latest", "main", "pr-07-abcdef1", "PR-1-abcdef1",
                                                       "pr-x", "pr-1x-abcdef1", "prod", "pr-1-",
                                                       "nightly-abcdef1"});
            case 17:
                return fmt::format("sha-{}", hex(7));
            default:
                return fmt::format("release-{}", (*this)(4));
        }
    }

    void make_tags(World& world) {
        for (std::size_t i = 0, count = (*this)(14); i < count; ++i) {
            world.registry.tag(some_tag(), some_manifest(world), some_time());
        }
        if (chance(10)) {  // what an earlier clean-up could not finish
            ModelManifest journal{.index = true};
            for (std::size_t i = 0; i < 3; ++i)
                journal.children.push_back(some_manifest(world));
            const Digest digest = fresh_digest();
            const Timestamp created = some_time();
            journal.journal = JournalMark{.tag = "pr-image-cleanup-9-1", .created = created};
            world.registry.put(digest, std::move(journal), created);
            world.registry.tag("pr-image-cleanup-9-1", digest, created);
        }
    }

    /// Tags of journals on what is none, journals under a name that is not theirs.
    void make_hostile_tags(World& world) {
        if (!chance(20)) return;
        for (std::size_t i = 0, count = 1 + (*this)(2); i < count; ++i) {
            world.registry.tag(fmt::format("pr-image-cleanup-evil-{}", i), some_manifest(world), some_time());
        }
        if (!chance(50)) return;
        ModelManifest other{.index = true, .children = {some_manifest(world), some_manifest(world)}};
        other.journal = JournalMark{.tag = "pr-image-cleanup-of-another", .created = some_time()};
        const Digest digest = fresh_digest();
        world.registry.put(digest, std::move(other), some_time());
        world.registry.tag("pr-image-cleanup-evil", digest, some_time());
    }

    /// What BuildKit 0.32 adds to an index: a manifest whose subject is the image.
    void make_attestations(World& world) {
        std::vector<Digest> indexes;
        for (const auto& [digest, manifest] : world.registry.contents) {
            if (manifest.index && !manifest.journal && !manifest.children.empty()) indexes.push_back(digest);
        }
        for (const Digest& index : indexes) {
            if (!chance(30)) continue;
            const Digest image = world.registry.contents.at(index).children.front();
            const Digest digest = fresh_digest();
            world.registry.put(
                digest, {.subject = chance(70) ? std::optional(image) : std::nullopt, .attestation = true},
                created_after(world, image));
            ModelManifest& parent = world.registry.contents.at(index);
            parent.children.push_back(digest);
            parent.attested.emplace(digest, image);
        }
    }

    /// What refers to something came after it.
    Timestamp created_after(const World& world, const Digest& digest) {
        const Timestamp time = some_time();
        const auto version = world.registry.versions.find(digest);
        return version == world.registry.versions.end() ? time : std::max(time, version->second.created);
    }

    void make_shift(World& world) {
        if (!world.registry.github || !chance(25)) return;
        for (std::size_t i = 0, count = 1 + (*this)(2); i < count; ++i)
            world.registry.overlooked.insert(some_manifest(world));
    }

    void make_referrers(World& world) {
        for (std::size_t i = 0, count = (*this)(4); i < count; ++i) {
            const Digest subject = chance(85) ? some_manifest(world) : fresh_digest();
            const Digest digest = fresh_digest();
            if (chance(30)) {  // only its subject says what it belongs to
                world.registry.put(digest, {.subject = subject}, created_after(world, subject));
                continue;
            }
            const std::vector<std::string> suffixes{".sig", ".att", ".sbom", ""};
            const std::string& suffix = one_of(suffixes);
            if (suffix.empty()) {
                const Digest listed = fresh_digest();
                world.registry.put(listed, {.subject = subject}, created_after(world, subject));
                world.registry.put(digest, {.index = true, .children = {listed}}, some_time());
            } else {
                world.registry.put(digest, {}, some_time());
            }
            world.registry.tag(fmt::format("sha256-{}{}", subject.hex(), suffix), digest, some_time());
        }
    }

    void make_faults(World& world) {
        if (!chance(15)) return;
        world.faultless = false;
        for (auto& [digest, version] : world.registry.versions) {
            version.unreadable = chance(5);
            version.refused = chance(8);
            if (chance(4)) world.registry.contents.erase(digest);
        }
    }

    const std::array<std::string, 2> heads_{std::string(40, 'a'), std::string(40, 'b')};
    std::mt19937 engine_;
    std::uint64_t serial_ = 0;
};

}  // namespace pr_image::plan::cleanup::tests
