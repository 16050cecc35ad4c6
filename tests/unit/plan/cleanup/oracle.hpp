#pragma once

#include "plan/names/tags.hpp"
#include "text/glob.hpp"
#include "unit/plan/cleanup/generator.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::plan::cleanup::tests {

/// What a tag's name and the policy say, worked out in the plainest way.
class Oracle {
  public:
    explicit Oracle(const World& world) : world_(world), registry_(world.registry) {}

    /// Everything that must be there at the end: by digest, and by tag.
    struct Rest {
        std::set<Digest> manifests;
        std::map<std::string, Digest> tags;
    };

    Rest rest() {
        std::set<Digest> kept_roots;
        for (const auto& [tag, digest] : registry_.tags) {
            if (!is_referrer(tag) && !goes(tag, digest)) kept_roots.insert(digest);
        }
        std::set<Digest> kept;
        std::set<Digest> going;
        for (;;) {
            kept = closure(kept_roots);
            going = find_going(kept);
            std::set<Digest> roots = kept_roots;
            for (const auto& [digest, version] : registry_.versions) {
                const std::vector<std::string> tags = registry_.tags_of(digest);
                const bool tag_stays = std::ranges::any_of(tags, [&](const std::string& tag) {
                    return is_referrer(tag) ? !going.contains(digest) : !goes(tag, digest);
                });
                const bool leftover_stays = tags.empty() && leftovers() && !going.contains(digest);
                if (tag_stays || leftover_stays) roots.insert(digest);
            }
            if (roots == kept_roots) break;
            kept_roots = roots;
        }
        Rest rest;
        for (const auto& [digest, version] : registry_.versions) {
            if (going.contains(digest)) continue;
            rest.manifests.insert(digest);
            for (const std::string& tag : registry_.tags_of(digest)) {
                const bool untagged = kept.contains(digest) && !is_referrer(tag) && goes(tag, digest) &&
                                      (registry_.github || registry_.deletes_tags);
                if (!untagged) rest.tags.insert_or_assign(tag, digest);
            }
        }
        return rest;
    }

    /// Takes what must be there at the end; gives the tags that no clean-up may take, and what they need.
    Rest untouchable(const Rest& all) {
        Rest kept;
        std::set<Digest> roots;
        for (const auto& [tag, digest] : all.tags) {
            if (is_referrer(tag) || !goes(tag, digest)) {
                kept.tags.insert_or_assign(tag, digest);
                roots.insert(digest);
            }
        }
        kept.manifests = closure(roots);
        return kept;
    }

    static bool is_referrer(const std::string& tag) { return tag.starts_with("sha256-"); }

    /// Whether a later run can know that an earlier one meant to delete it: by its own labels.
    [[nodiscard]] bool proves_itself(const Digest& digest) const {
        const std::optional<Digest> image = image_of(digest);
        if (!image) return false;
        const Policy& policy = world_.policy;
        const ModelManifest& content = registry_.contents.at(*image);
        if (content.number != 0) {
            if (number_goes(content.number)) return true;
            const auto state = world_.repository.pull_requests.find(
                Generator::number(static_cast<std::size_t>(content.number)));
            if (state == world_.repository.pull_requests.end() || !state->second.open) return false;
            if (policy.only && state->first != *policy.only) return false;
            const std::string& head = state->second.head_sha;
            return policy.keep && !head.empty() && !content.head_sha.empty() && content.head_sha != head;
        }
        if (content.branch.empty() || policy.only || !policy.branch_retention) return false;
        if (registry_.github) return older(digest, *policy.branch_retention);
        const auto version = registry_.versions.find(*image);
        return version != registry_.versions.end() &&
               version->second.created + *policy.branch_retention <= kNow;
    }

    [[nodiscard]] bool is_journal(const Digest& digest) const {
        const auto content = registry_.contents.find(digest);
        if (content == registry_.contents.end() || !content->second.journal) return false;
        if (registry_.versions.at(digest).unreadable) return false;
        const auto named = registry_.tags.find(content->second.journal->tag);
        return named != registry_.tags.end() && named->second == digest;
    }

  private:
    [[nodiscard]] bool leftovers() const {
        return world_.policy.untagged && !world_.policy.only && registry_.github;
    }
    [[nodiscard]] Timestamp age_from(const Digest& digest) const {
        const ModelVersion& version = registry_.versions.at(digest);
        return std::max(version.created, version.touched);
    }
    [[nodiscard]] bool older(const Digest& digest, std::chrono::seconds age) const {
        return registry_.github && age_from(digest) + age <= kNow;
    }
    [[nodiscard]] bool is_protected(const std::string& tag) const {
        return std::ranges::any_of(world_.policy.protected_tags,
                                   [&](const std::string& glob) { return text::glob_match(glob, tag); });
    }
    [[nodiscard]] std::set<Digest> closure(std::set<Digest> from) const {
        std::vector<Digest> todo(from.begin(), from.end());
        while (!todo.empty()) {
            const auto content = registry_.contents.find(todo.back());
            todo.pop_back();
            if (content == registry_.contents.end()) continue;
            for (const Digest& child : content->second.children) {
                if (registry_.versions.contains(child) && from.insert(child).second) todo.push_back(child);
            }
        }
        return from;
    }

    /// "pr-7-abc" → 7, "abc".
    static std::optional<std::pair<int, std::string>> split_pr(std::string tag) {
        if (!tag.starts_with("pr-")) return std::nullopt;
        tag = tag.substr(3);
        std::size_t digits = 0;
        while (digits < tag.size() && std::isdigit(static_cast<unsigned char>(tag[digits])) != 0)
            ++digits;
        if (digits == 0 || tag[0] == '0') return std::nullopt;
        const int number = std::stoi(tag.substr(0, digits));
        if (tag.size() == digits) return std::pair(number, std::string());
        if (tag[digits] != '-' || tag.size() == digits + 1) return std::nullopt;
        return std::pair(number, tag.substr(digits + 1));
    }

    [[nodiscard]] bool number_goes(int number) const {
        const PullRequestNumber pr = Generator::number(static_cast<std::size_t>(number));
        if (world_.policy.only && pr != *world_.policy.only) return false;
        const auto state = world_.repository.pull_requests.find(pr);
        if (state == world_.repository.pull_requests.end() || state->second.open) return false;
        if (world_.policy.pr_retention.count() == 0) return true;
        return state->second.closed_at && *state->second.closed_at + world_.policy.pr_retention <= kNow;
    }

    static std::string push_part(const std::string& rest) {
        const std::string first = rest.substr(0, rest.find('-'));
        const bool hex = first.find_first_not_of("0123456789abcdef") == std::string::npos;
        return hex && first.size() >= 7 ? first : std::string();
    }

    [[nodiscard]] bool superseded(int number, const std::string& rest, const Digest& on) const {
        const PullRequestNumber pr = Generator::number(static_cast<std::size_t>(number));
        if (!world_.policy.keep || (world_.policy.only && pr != *world_.policy.only)) return false;
        const auto state = world_.repository.pull_requests.find(pr);
        if (state == world_.repository.pull_requests.end() || !state->second.open) return false;
        const std::string mine = push_part(rest);
        if (mine.empty()) return false;
        std::map<std::string, Timestamp> newest;
        for (const auto& [tag, digest] : registry_.tags) {
            const auto parts = split_pr(tag);
            if (!parts || parts->first != number || push_part(parts->second).empty()) continue;
            const std::optional<Timestamp> created = created_at(digest);
            if (!created) continue;
            Timestamp& known = newest[push_part(parts->second)];
            known = std::max(known, *created);
        }
        if (!newest.contains(mine)) return false;
        const std::string& head = state->second.head_sha;
        if (head.empty() || head.starts_with(mine)) return false;
        const std::optional<Digest> image = image_of(on);
        if (image && registry_.contents.at(*image).head_sha == head) return false;
        const auto newer =
            std::ranges::count_if(newest, [&](const auto& other) { return other.second > newest.at(mine); });
        return static_cast<std::size_t>(newer) >= *world_.policy.keep;
    }

    /// The manifest whose configuration speaks for this one.
    [[nodiscard]] std::optional<Digest> image_of(const Digest& digest) const {
        const auto content = registry_.contents.find(digest);
        if (content == registry_.contents.end() || !registry_.versions.contains(digest)) return std::nullopt;
        if (!content->second.index) return digest;
        for (const Digest& child : content->second.children) {
            const auto image = registry_.contents.find(child);
            if (image == registry_.contents.end()) {
                // The model describes what is not there as an image, too.
                return std::nullopt;
            }
            if (!image->second.index)
                return registry_.versions.contains(child) ? std::optional(child) : std::nullopt;
        }
        return std::nullopt;
    }
    [[nodiscard]] std::optional<Timestamp> created_at(const Digest& digest) const {
        if (registry_.github) return registry_.versions.at(digest).created;
        const std::optional<Digest> image = image_of(digest);
        if (!image) return std::nullopt;
        return registry_.versions.at(*image).created;
    }

    [[nodiscard]] std::string branch_of(const std::string& tag, const Digest& digest) const {
        const std::optional<Digest> image = image_of(digest);
        if (!image) return {};
        const std::string& branch = registry_.contents.at(*image).branch;
        const std::string prefix = sanitise(branch) + "-";
        const bool shaped =
            !branch.empty() && tag.starts_with(prefix) && tag.size() == prefix.size() + 7 &&
            tag.substr(prefix.size()).find_first_not_of("0123456789abcdef") == std::string::npos;
        return shaped ? branch : std::string();
    }

    [[nodiscard]] bool branch_image_goes(const std::string& tag, const Digest& digest) const {
        const Policy& policy = world_.policy;
        const std::string branch = branch_of(tag, digest);
        if (branch.empty() || !policy.branch_retention || policy.only || !world_.repository.branches)
            return false;
        const std::optional<Timestamp> since =
            registry_.github ? std::optional(age_from(digest)) : created_at(digest);
        if (!since || *since + *policy.branch_retention > kNow) return false;
        if (std::ranges::find(*world_.repository.branches, branch) == world_.repository.branches->end())
            return true;
        return std::ranges::any_of(registry_.tags, [&](const auto& other) {
            if (is_protected(other.first) || branch_of(other.first, other.second) != branch) return false;
            // The newest image of each push counts.
            const std::string push = other.first.substr(other.first.size() - 7);
            return push != tag.substr(tag.size() - 7) && created_at(other.second) &&
                   *created_at(other.second) > *created_at(digest);
        });
    }

    [[nodiscard]] bool goes(const std::string& tag, const Digest& digest) const {
        const Policy& policy = world_.policy;
        const bool on_journal = is_journal(digest);
        if (tag.starts_with("pr-image-cleanup-")) return on_journal;
        if (const auto parts = split_pr(tag)) {
            if (on_journal) return true;
            if (policy.protects_pull_requests && is_protected(tag)) return false;
            return number_goes(parts->first) || superseded(parts->first, parts->second, digest);
        }
        if (tag.starts_with("buildcache-pr-")) return on_journal || number_goes(std::stoi(tag.substr(14)));
        if (tag == "buildcache-feature-gone") {
            if (on_journal) return true;
            return !policy.only && policy.branch_retention && world_.repository.branches &&
                   older(digest, *policy.branch_retention);
        }
        if (tag.starts_with("buildcache-")) return on_journal;
        if (tag.starts_with("pr-image-staging-")) return on_journal || (!policy.only && older(digest, kDay));
        if (is_protected(tag)) return false;
        if (tag.starts_with("feature-") || tag == "nightly-abcdef1")
            return on_journal || branch_image_goes(tag, digest);
        return false;
    }

    std::set<Digest> find_going(const std::set<Digest>& kept) const {
        std::set<Digest> going;
        std::set<Digest> journals;
        const auto free = [&](const Digest& digest) {
            return registry_.versions.contains(digest) && !kept.contains(digest);
        };
        const auto all_tags = [&](const Digest& digest, const auto& predicate) {
            const std::vector<std::string> tags = registry_.tags_of(digest);
            return std::ranges::all_of(tags, predicate);
        };
        for (const auto& [digest, version] : registry_.versions) {
            const std::vector<std::string> tags = registry_.tags_of(digest);
            if (tags.empty() || !free(digest)) continue;
            if (!all_tags(digest,
                          [&](const std::string& tag) { return !is_referrer(tag) && goes(tag, digest); }))
                continue;
            (is_journal(digest) ? journals : going).insert(digest);
        }
        // A leftover's parts go by their own age: a young one may be part of a push that is still under way.
        std::set<Digest> spreading = going;
        for (bool more = true; more;) {
            more = false;
            for (const auto& [digest, version] : registry_.versions) {
                if (spreading.contains(digest) || journals.contains(digest) || !free(digest)) continue;
                const bool child = refers(spreading, digest);
                const std::vector<std::string> tags = registry_.tags_of(digest);
                const std::optional<Digest> subject = subject_of(digest);
                const bool follows = subject && going.contains(*subject);
                const bool held = subject && !follows && registry_.versions.contains(*subject);
                const auto tag_goes = [&](const std::string& tag) {
                    if (!is_referrer(tag)) return goes(tag, digest);
                    return going.contains(*Digest::parse("sha256:" + tag.substr(7, 64)));
                };
                bool gone = false;
                bool with_parts = true;
                if (tags.empty()) {
                    gone = child || (follows && registry_.github);
                    const bool journaled = refers(journals, digest) && proves_itself(digest);
                    const bool attests = attests_going(journals, digest, going);
                    with_parts = gone;
                    gone = gone || journaled || attests;
                } else if (std::ranges::any_of(tags, is_referrer)) {
                    gone = all_tags(digest, tag_goes);
                }
                if (gone && !held) {
                    more = going.insert(digest).second || more;
                    if (with_parts) more = spreading.insert(digest).second || more;
                }
            }
            if (leftovers() && !more) {
                for (const auto& [digest, version] : registry_.versions) {
                    if (going.contains(digest) || !free(digest) || !older(digest, *world_.policy.untagged))
                        continue;
                    const std::vector<std::string> tags = registry_.tags_of(digest);
                    const std::optional<Digest> subject = subject_of(digest);
                    if (subject && registry_.versions.contains(*subject) && !going.contains(*subject))
                        continue;
                    if (all_tags(digest, [&](const std::string& tag) {
                            if (!is_referrer(tag)) return false;
                            const Digest of = *Digest::parse("sha256:" + tag.substr(7, 64));
                            return going.contains(of) || !registry_.versions.contains(of);
                        })) {
                        going.insert(digest);
                        more = true;
                    }
                }
            }
            for (const Digest& journal : journals) {
                const auto content = registry_.contents.find(journal);
                if (content == registry_.contents.end()) continue;
                const std::vector<Digest>& children = content->second.children;
                const Timestamp since =
                    registry_.github ? age_from(journal) : *content->second.journal->created;
                const bool old = since + kDay <= kNow;
                if (std::ranges::all_of(children, [&](const Digest& child) {
                        if (!registry_.versions.contains(child) || going.contains(child)) return true;
                        const bool nobodys = !world_.policy.only &&
                                             !(registry_.tags_of(child).empty() && proves_itself(child));
                        return old && (kept.contains(child) || nobodys);
                    })) {
                    more = going.insert(journal).second || more;
                }
            }
        }
        return going;
    }

    [[nodiscard]] std::optional<Digest> subject_of(const Digest& digest) const {
        const auto content = registry_.contents.find(digest);
        return content == registry_.contents.end() ? std::nullopt : content->second.subject;
    }
    /// Whether it is an attestation of an image that goes, and a journal lists it.
    [[nodiscard]] bool attests_going(const std::set<Digest>& journals, const Digest& digest,
                                     const std::set<Digest>& going) const {
        const auto content = registry_.contents.find(digest);
        if (content == registry_.contents.end() || !content->second.attestation || !refers(journals, digest))
            return false;
        return std::ranges::any_of(registry_.contents, [&](const auto& index) {
            const auto image = index.second.attested.find(digest);
            return image != index.second.attested.end() && going.contains(image->second);
        });
    }
    [[nodiscard]] bool refers(const std::set<Digest>& parents, const Digest& child) const {
        return std::ranges::any_of(parents, [&](const Digest& parent) {
            const auto content = registry_.contents.find(parent);
            return content != registry_.contents.end() &&
                   std::ranges::find(content->second.children, child) != content->second.children.end();
        });
    }
    const World& world_;
    const ModelRegistry& registry_;
};

/// What is wrong with the registry, or nothing.
inline std::string damage(const ModelRegistry& registry, const Oracle::Rest& untouchable) {
    for (const auto& [tag, digest] : untouchable.tags) {
        const auto found = registry.tags.find(tag);
        if (found == registry.tags.end()) return "lost the tag " + tag;
        if (found->second != digest) return "moved the tag " + tag;
    }
    for (const Digest& digest : untouchable.manifests) {
        if (!registry.versions.contains(digest)) return "lost " + digest.string();
    }
    return {};
}

/// What differs from what should be there at the end, or nothing. `excused` says of what was left when a run
/// died that no later one can know whose it is.
inline std::string difference(const ModelRegistry& registry, const Oracle::Rest& expected,
                              const std::function<bool(const Digest&)>& excused) {
    for (const auto& [digest, version] : registry.versions) {
        if (!expected.manifests.contains(digest) && !excused(digest)) {
            return fmt::format("{} ({}) should be gone", digest.string(),
                               fmt::join(registry.tags_of(digest), " "));
        }
    }
    for (const Digest& digest : expected.manifests) {
        if (!registry.versions.contains(digest)) return digest.string() + " should be there";
    }
    for (const auto& [tag, digest] : registry.tags) {
        if (!expected.tags.contains(tag) && !excused(digest)) return "the tag " + tag + " should be gone";
    }
    for (const auto& [tag, digest] : expected.tags) {
        if (!registry.tags.contains(tag)) return "the tag " + tag + " should be there";
    }
    return {};
}

}  // namespace pr_image::plan::cleanup::tests
