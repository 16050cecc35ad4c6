#include "plan/names/tag_grammar.hpp"

#include "text/sha256.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pr_image::plan {

namespace {

constexpr std::string_view kCachePrefix = "buildcache-";
constexpr std::string_view kOwnPrefix = "pr-image-";
constexpr std::string_view kStagingPrefix = "pr-image-staging-";
constexpr std::string_view kJournalPrefix = "pr-image-cleanup-";
constexpr std::string_view kReferrerPrefix = "sha256-";
constexpr std::array<std::string_view, 4> kReferrerSuffixes{"", ".sig", ".att", ".sbom"};
constexpr std::string_view kVariantMark = "--";
constexpr std::string_view kPlatformMark = "---";

constexpr std::size_t kShortSha = 7;
constexpr std::size_t kHexOfSha256 = 64;
/// Of a hash that tells names apart, without the `_` before it.
constexpr std::size_t kHash = 8;

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return text::is_hex_digit(c) && !(c >= 'A' && c <= 'F'); });
}

/// Reads `pr-<N>` and `pr-<N>-<rest>`.
std::optional<TagName> read_pull_request(std::string_view tag) {
    if (!tag.starts_with(kPullRequestPrefix)) return std::nullopt;
    tag.remove_prefix(kPullRequestPrefix.size());
    const std::size_t dash = tag.find('-');
    const Result<PullRequestNumber> number = PullRequestNumber::parse(tag.substr(0, dash));
    if (!number) return std::nullopt;
    TagName name{.kind = TagKind::pull_request, .number = *number, .rest = {}, .subject = {}};
    if (dash == std::string_view::npos) return name;
    name.rest = tag.substr(dash + 1);
    if (name.rest.empty()) return std::nullopt;
    return name;
}

std::optional<TagName> read_referrer(std::string_view tag) {
    constexpr std::size_t length = kReferrerPrefix.size() + kHexOfSha256;
    if (!tag.starts_with(kReferrerPrefix) || tag.size() < length) return std::nullopt;
    const std::string_view suffix = tag.substr(length);
    if (std::ranges::find(kReferrerSuffixes, suffix) == kReferrerSuffixes.end()) return std::nullopt;
    Result<Digest> digest =
        Digest::parse(fmt::format("sha256:{}", tag.substr(kReferrerPrefix.size(), kHexOfSha256)));
    if (!digest) return std::nullopt;
    return TagName{.kind = TagKind::referrer, .number = {}, .rest = suffix, .subject = *std::move(digest)};
}

/// Whether a part of the tag, from the one at `first` on, is a short commit.
bool has_short_sha(std::string_view tag, std::size_t first) {
    const std::vector<std::string_view> parts = text::split(tag, '-');
    if (parts.size() <= first) return false;
    return std::any_of(parts.begin() + static_cast<std::ptrdiff_t>(first), parts.end(),
                       [](std::string_view part) { return part.size() == kShortSha && is_lower_hex(part); });
}

std::string hash_of(std::string_view text) {
    return std::string(text::sha256(text).hex().substr(0, kHash));
}

/// The name with a hash of the whole text. Sanitised text has no `_`, so it never equals one without.
std::string hashed(std::string name, std::string_view text) {
    return fmt::format("{}_{}", name, hash_of(text));
}

bool is_hashed(std::string_view name) {
    return name.size() > kHash && name[name.size() - kHash - 1] == '_' &&
           is_lower_hex(name.substr(name.size() - kHash));
}

}  // namespace

TagName read_tag(std::string_view tag) {
    if (std::optional<TagName> name = read_pull_request(tag)) return *std::move(name);
    const auto after = [&](std::string_view prefix) {
        return tag.starts_with(prefix) ? tag.substr(prefix.size()) : std::string_view();
    };
    if (const std::string_view rest = after(kJournalPrefix); !rest.empty()) {
        return {.kind = TagKind::journal, .number = {}, .rest = rest, .subject = {}};
    }
    if (const std::string_view rest = after(kStagingPrefix); !rest.empty()) {
        return {.kind = TagKind::staging, .number = {}, .rest = rest, .subject = {}};
    }
    if (const std::string_view rest = after(kCachePrefix); !rest.empty()) {
        const std::optional<TagName> owner = read_pull_request(rest.substr(0, rest.find(kVariantMark)));
        return {.kind = TagKind::cache,
                .number = owner ? owner->number : std::nullopt,
                .rest = rest,
                .subject = {}};
    }
    if (std::optional<TagName> referrer = read_referrer(tag)) return *std::move(referrer);
    const std::string_view commit = after(kCommitPrefix);
    if (commit.size() >= kShortSha && is_lower_hex(commit.substr(0, commit.find('-'))) &&
        commit.substr(0, commit.find('-')).size() >= kShortSha) {
        return {.kind = TagKind::commit, .number = {}, .rest = commit, .subject = {}};
    }
    const TagKind kind = has_short_sha(tag, 1) ? TagKind::branch_like : TagKind::foreign;
    return {.kind = kind, .number = {}, .rest = {}, .subject = {}};
}

std::string pull_request_tag(const PullRequestNumber& number, std::string_view rest) {
    return fmt::format("{}{}{}{}", kPullRequestPrefix, number.string(), rest.empty() ? "" : "-", rest);
}

bool is_pull_request_tag(std::string_view tag, const PullRequestNumber& number) {
    const TagName name = read_tag(tag);
    return name.kind == TagKind::pull_request && name.number == number;
}

std::optional<std::string_view> push_of(std::string_view rest) {
    const std::string_view first = rest.substr(0, rest.find('-'));
    const bool named = first.size() >= kShortSha && first.size() <= 64 && is_lower_hex(first);
    return named ? std::optional(first) : std::nullopt;
}

std::string commit_tag(std::string_view short_sha) {
    return fmt::format("{}{}", kCommitPrefix, short_sha);
}

std::string branch_tag(std::string_view branch, std::string_view short_sha, std::size_t longest) {
    const std::size_t behind = short_sha.size() + 1;
    const std::string name = sanitise_ref(branch, longest > behind ? longest - behind : 0);
    return name.empty() ? commit_tag(short_sha) : fmt::format("{}-{}", name, short_sha);
}

std::optional<std::string_view> branch_push(std::string_view tag, std::string_view branch) {
    const std::string name = sanitise_ref(branch, kMaxTagLength - kShortSha - 1);
    if (name.empty() || !tag.starts_with(name)) return std::nullopt;
    tag.remove_prefix(name.size());
    if (tag.size() <= kShortSha || tag.front() != '-') return std::nullopt;
    tag.remove_prefix(1);
    const bool ends = tag.size() == kShortSha || tag[kShortSha] == '-';
    if (!ends || !is_lower_hex(tag.substr(0, kShortSha))) return std::nullopt;
    return tag.substr(0, kShortSha);
}

std::string pull_request_cache_ref(const PullRequestNumber& number) {
    return pull_request_tag(number);
}

std::string branch_cache_ref(std::string_view branch) {
    if (sanitise_ref(branch, kMaxCacheRef) == branch) return std::string(branch);
    return hashed(sanitise_ref(branch, kMaxCacheRef - kHash - 1), branch);
}

std::string cache_part(std::string_view text, std::size_t longest) {
    return sanitise(text, longest) == text ? std::string(text) : hashed_part(text, text, longest);
}

std::string hashed_part(std::string_view readable, std::string_view whole, std::size_t longest) {
    return hashed(sanitise(readable, longest - kHash - 1), whole);
}

std::string cache_scope(const CacheName& name) {
    return fmt::format("{}{}{}{}{}", name.ref, name.variant.empty() ? "" : kVariantMark, name.variant,
                       name.platform.empty() ? "" : kPlatformMark, name.platform);
}

std::string cache_tag(const CacheName& name) {
    return fmt::format("{}{}", kCachePrefix, cache_scope(name));
}

std::optional<CacheName> read_cache_tag(std::string_view tag) {
    if (!tag.starts_with(kCachePrefix) || tag.size() == kCachePrefix.size()) return std::nullopt;
    tag.remove_prefix(kCachePrefix.size());
    CacheName name;
    if (const std::size_t at = tag.find(kPlatformMark); at != std::string_view::npos) {
        name.platform = tag.substr(at + kPlatformMark.size());
        tag = tag.substr(0, at);
    }
    if (const std::size_t at = tag.find(kVariantMark); at != std::string_view::npos) {
        name.variant = tag.substr(at + kVariantMark.size());
        tag = tag.substr(0, at);
    }
    name.ref = tag;
    return name;
}

bool is_cache_of_branch(std::string_view ref, std::string_view branch) {
    if (branch.empty()) return false;
    if (ref == branch_cache_ref(branch)) return true;
    const std::string name = sanitise(branch, kMaxCacheRef);
    if (is_hashed(ref) || name.empty() || !ref.starts_with(name)) return false;
    return ref.size() == name.size() || ref[name.size()] == '-';
}

std::string staging_tag_name(const StagingName& name) {
    // A platform's parts have no dash, so the two dashes say where it ends.
    return fmt::format("{}{}-{}{}{}", kStagingPrefix, name.run_id, text::replace_all(name.platform, "/", "-"),
                       name.variant.empty() ? "" : kVariantMark, name.variant);
}

std::optional<StagingName> read_staging_tag(std::string_view tag) {
    if (!tag.starts_with(kStagingPrefix)) return std::nullopt;
    tag.remove_prefix(kStagingPrefix.size());
    StagingName name;
    if (const std::size_t at = tag.find(kVariantMark); at != std::string_view::npos) {
        name.variant = tag.substr(at + kVariantMark.size());
        if (name.variant.empty()) return std::nullopt;
        tag = tag.substr(0, at);
    }
    const std::size_t dash = tag.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    name.run_id = tag.substr(0, dash);
    name.platform = text::replace_all(tag.substr(dash + 1), "-", "/");
    const bool numbered = !name.run_id.empty() && std::ranges::all_of(name.run_id, text::is_digit);
    if (!numbered || name.platform.empty() || name.platform.ends_with('/')) return std::nullopt;
    return name;
}

std::string journal_tag(std::string_view name) {
    return fmt::format("{}{}", kJournalPrefix, name);
}

std::string referrer_tag(const Digest& subject, std::string_view suffix) {
    return fmt::format("{}{}{}", kReferrerPrefix, subject.hex(), suffix);
}

std::string sanitise(std::string_view text, std::size_t longest) {
    std::string clean;
    for (const char c : text::to_lower(text)) {
        if (text::is_lower_alnum(c) || c == '.') {
            clean += c;
        } else if (!clean.ends_with('-')) {
            clean += '-';
        }
    }
    const auto trimmed = [](std::string_view value) {
        const std::size_t begin = value.find_first_not_of("-.");
        if (begin == std::string_view::npos) return std::string();
        return std::string(value.substr(begin, value.find_last_not_of("-.") - begin + 1));
    };
    return trimmed(trimmed(clean).substr(0, longest));
}

std::string sanitise_ref(std::string_view ref, std::size_t longest) {
    std::string name = sanitise(ref, longest);
    return is_reserved(name) ? sanitise("ref-" + name, longest) : name;
}

bool is_reserved(std::string_view name) {
    const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
    const bool of_pull_request = begins(kPullRequestPrefix) && name.size() > kPullRequestPrefix.size() &&
                                 text::is_digit(name[kPullRequestPrefix.size()]);
    return of_pull_request || begins(kOwnPrefix) || begins(kCachePrefix) || begins(kReferrerPrefix) ||
           name == kCommitPrefix.substr(0, kCommitPrefix.size() - 1) ||
           read_tag(name).kind == TagKind::commit;
}

Result<void> check_tag_globs(const std::vector<std::string>& globs) {
    for (const std::string& glob : globs) {
        const auto holds = [](char c) {
            return text::is_word(c) || c == '.' || c == '-' || c == '*' || c == '?';
        };
        const auto wrong = std::ranges::find_if_not(glob, holds);
        std::string why;
        if (wrong != glob.end()) {
            why = fmt::format("'{}' holds '{}', which no tag can hold: it would match nothing",
                              text::printable(glob), text::printable(std::string(wrong, wrong + 1)));
        } else if (glob.starts_with('.') || glob.starts_with('-')) {
            why = fmt::format("'{}' begins with '{}', as no tag does: it would match nothing",
                              text::printable(glob), glob.front());
        } else if (static_cast<std::size_t>(std::ranges::count_if(glob, [](char c) { return c != '*'; })) >
                   kMaxTagLength) {
            why = fmt::format("'{}' is longer than any tag: it would match nothing", text::printable(glob));
        }
        if (why.empty()) continue;
        return text::fail("Invalid input 'protected-tags'", why,
                          "Only * (any characters) and ? (one character) stand for others; there are no "
                          "brackets, braces or negations. Write one glob for each alternative.");
    }
    return {};
}

}  // namespace pr_image::plan
