#pragma once

#include "unit/plan/cleanup/generator.hpp"
#include "unit/plan/cleanup/model_registry.hpp"
#include "unit/plan/cleanup/oracle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::plan::cleanup::tests {

inline Orders orders(const World& world, std::string name) {
    return {.traits = {.version_ids = world.registry.github, .untags_by_moving = world.registry.github},
            .dry_run = false,
            .most = SIZE_MAX,
            .journal_name = std::move(name),
            .now = kNow};
}

/// Runs clean-ups on one world and looks for damage after every change.
class Trial {
  public:
    explicit Trial(std::uint32_t seed) : generator_(seed), world_(generator_.world()) {
        Oracle oracle(world_);
        expected_ = oracle.rest();
        untouchable_ = oracle.untouchable(expected_);
        before_ = world_.registry.versions.size();
        world_.registry.before_removal = [this](const Digest& digest) { check_order(digest); };
        world_.registry.after_change = [this] {
            if (harm_.empty()) harm_ = damage(world_.registry, untouchable_);
        };
    }

    /// From now on so many of a hundred deletions fail.
    void make_flaky(std::size_t percent) {
        world_.registry.failing_percent = percent;
        interrupted_ = true;
    }
    void make_reliable() { world_.registry.failing_percent = 0; }
    /// From now on lists do not shift while they are read.
    void settle() {
        interrupted_ = interrupted_ || !world_.registry.overlooked.empty();
        world_.registry.overlooked.clear();
    }
    /// From now on a run may end before its time.
    void expect_interruption() { interrupted_ = true; }

    Driver driver(std::string name) {
        return {world_.registry, world_.repository, world_.policy, orders(world_, std::move(name)),
                [this](std::size_t below) { return generator_(below); }};
    }

    /// Gives false when the clean-up died on the way.
    bool run_until_killed(std::uint64_t at) {
        world_.registry.dies_at = at;
        bool survived = true;
        try {
            driver("1").run();
        } catch (const Killed&) {
            survived = false;
            interrupted_ = true;
        }
        world_.registry.dies_at.reset();
        return survived;
    }

    /// Some request of a clean-up of this world; of short ones also some that they never come to.
    std::uint64_t some_request() { return generator_(generator_(2 * before_ + 2) + 1); }

    /// Nobody builds on a journal of a clean-up.
    Digest some_image() {
        for (;;) {
            const Digest& digest = generator_.some_manifest(world_);
            const std::vector<std::string> tags = world_.registry.tags_of(digest);
            if (std::ranges::none_of(
                    tags, [](const std::string& tag) { return tag.starts_with("pr-image-cleanup-"); }))
                return digest;
        }
    }

    /// Somebody pushes while a clean-up runs. Whatever this makes has to stay.
    void push() {
        ModelRegistry& registry = world_.registry;
        if (registry.versions.size() < 4) return;
        switch (generator_(4)) {
            case 0: {
                ModelManifest release{.index = true};
                for (std::size_t i = 0; i < 3; ++i)
                    release.children.push_back(some_image());
                const Digest digest = generator_.fresh_digest();
                registry.put(digest, std::move(release), kNow);
                protect_tag(fmt::format("v9.{}", pushes_), digest);
                break;
            }
            case 1:
                protect_tag(fmt::format("release-new-{}", pushes_), some_image());
                break;
            case 2: {
                const Digest digest = generator_.fresh_digest();
                registry.put(digest, {}, kNow);
                registry.tag(fmt::format("pr-{}-{}", 1 + generator_(6), generator_.hex(7)), digest, kNow);
                untouchable_.manifests.insert(digest);
                break;
            }
            default: {
                // The same tag again, for another image.
                const auto moved = std::ranges::find_if(registry.tags, [&](const auto& tag) {
                    return tag.first.starts_with("pr-") && !tag.first.starts_with("pr-image-") &&
                           !untouchable_.tags.contains(tag.first);
                });
                if (moved == registry.tags.end()) return;
                const Digest digest = generator_.fresh_digest();
                registry.put(digest, {}, kNow);
                registry.tag(std::string(moved->first), digest, kNow);
                untouchable_.manifests.insert(digest);
            }
        }
        ++pushes_;
    }

    [[nodiscard]] const std::string& harm() const { return harm_; }
    /// What is not as it should be at the end. Where a run died, parts of images that are gone may be left
    /// that do not say whose they are, and the journal that lists them.
    [[nodiscard]] std::string unfinished() const {
        if (!world_.faultless) return {};
        const Oracle oracle(world_);
        return difference(world_.registry, expected_, [&](const Digest& digest) {
            if (!interrupted_) return false;
            const std::vector<std::string> tags = world_.registry.tags_of(digest);
            if (oracle.is_journal(digest)) return true;
            return std::ranges::all_of(tags, Oracle::is_referrer) && !oracle.proves_itself(digest);
        });
    }
    [[nodiscard]] bool deleted_something() const { return world_.registry.versions.size() < before_; }
    [[nodiscard]] std::size_t pushes() const { return pushes_; }
    Generator& random() { return generator_; }

  private:
    /// Whatever refers to a manifest goes before it, as far as everything that refers to it can be read.
    void check_order(const Digest& removed) {
        if (!world_.faultless) return;
        const ModelRegistry& registry = world_.registry;
        for (const auto& [digest, version] : registry.versions) {
            const auto content = registry.contents.find(digest);
            if (digest == removed || expected_.manifests.contains(digest) || version.unreadable ||
                content == registry.contents.end()) {
                continue;
            }
            const std::vector<Digest>& children = content->second.children;
            if (!content->second.journal && harm_.empty() &&
                std::ranges::find(children, removed) != children.end()) {
                harm_ =
                    fmt::format("{} went before {}, which refers to it", removed.string(), digest.string());
            }
        }
    }

    void protect_tag(const std::string& tag, const Digest& digest) {
        world_.registry.tag(tag, digest, kNow);
        untouchable_.tags.insert_or_assign(tag, digest);
        std::vector<Digest> todo{digest};
        while (!todo.empty()) {
            const Digest at = todo.back();
            todo.pop_back();
            if (!world_.registry.versions.contains(at) || !untouchable_.manifests.insert(at).second) continue;
            const auto content = world_.registry.contents.find(at);
            if (content != world_.registry.contents.end())
                todo.insert(todo.end(), content->second.children.begin(), content->second.children.end());
        }
    }

    Generator generator_;
    World world_;
    Oracle::Rest expected_;
    Oracle::Rest untouchable_;
    std::size_t before_ = 0;
    std::size_t pushes_ = 0;
    bool interrupted_ = false;
    std::string harm_;
};

}  // namespace pr_image::plan::cleanup::tests
