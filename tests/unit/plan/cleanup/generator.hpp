#pragma once

#include "plan/cleanup/policy.hpp"
#include "text/sha256.hpp"
#include "unit/plan/cleanup/model_registry.hpp"

#include <fmt/format.h>

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

/// Makes worlds of every kind: shared parts, nested indexes, several tags a version, referrers, orphans,
/// references to nothing, open and closed pull requests, journals of earlier runs, faults.
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
            PullRequestState state{.open = chance(40), .closed_at = {}};
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
            world.registry.put(digest, {.branch = one_of(branches)}, some_time());
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
                return fmt::format("pr-{}-{}", 1 + (*this)(7), hex(7));
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
            world.registry.put(digest, std::move(journal), some_time());
            world.registry.tag("pr-image-cleanup-9-1", digest, some_time());
        }
    }

    void make_referrers(World& world) {
        for (std::size_t i = 0, count = (*this)(4); i < count; ++i) {
            const Digest subject = chance(85) ? some_manifest(world) : fresh_digest();
            const Digest digest = fresh_digest();
            const std::vector<std::string> suffixes{".sig", ".att", ".sbom", ""};
            const std::string& suffix = one_of(suffixes);
            if (suffix.empty()) {
                const Digest listed = fresh_digest();
                world.registry.put(listed, {.subject = subject}, some_time());
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

    std::mt19937 engine_;
    std::uint64_t serial_ = 0;
};

}  // namespace pr_image::plan::cleanup::tests
