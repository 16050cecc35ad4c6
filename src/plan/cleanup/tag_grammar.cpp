#include "plan/cleanup/tag_grammar.hpp"

#include "plan/names/tags.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace pr_image::plan::cleanup {

namespace {

constexpr std::size_t kShortSha = 7;
constexpr std::size_t kLongestTag = 128;

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return text::is_hex_digit(c) && !(c >= 'A' && c <= 'F'); });
}

/// Reads `pr-<N>` and `pr-<N>-<rest>`.
std::optional<TagName> read_pull_request(std::string_view tag) {
    if (!tag.starts_with("pr-")) return std::nullopt;
    tag.remove_prefix(3);
    const std::size_t dash = tag.find('-');
    const Result<PullRequestNumber> number = PullRequestNumber::parse(tag.substr(0, dash));
    if (!number) return std::nullopt;
    TagName name{.kind = TagKind::pull_request, .number = *number, .rest = {}, .subject = {}};
    if (dash == std::string_view::npos) return name;
    name.rest = tag.substr(dash + 1);
    if (name.rest.empty()) return std::nullopt;
    return name;
}

std::optional<Digest> read_subject(std::string_view tag) {
    constexpr std::size_t length = 7 + 64;
    if (!tag.starts_with("sha256-") || tag.size() < length) return std::nullopt;
    const std::string_view suffix = tag.substr(length);
    if (!suffix.empty() && suffix != ".sig" && suffix != ".att" && suffix != ".sbom") return std::nullopt;
    Result<Digest> digest = Digest::parse(fmt::format("sha256:{}", tag.substr(7, 64)));
    if (!digest) return std::nullopt;
    return *std::move(digest);
}

bool is_branch_like(std::string_view tag) {
    const std::vector<std::string_view> parts = text::split(tag, '-');
    return std::any_of(parts.begin() + 1, parts.end(),
                       [](std::string_view part) { return part.size() == kShortSha && is_lower_hex(part); });
}

}  // namespace

TagName read_tag(std::string_view tag) {
    if (std::optional<TagName> name = read_pull_request(tag)) return *std::move(name);
    if (tag.starts_with(kJournalPrefix)) return {.kind = TagKind::journal, .number = {}, .subject = {}};
    if (tag.starts_with(kStagingPrefix)) return {.kind = TagKind::staging, .number = {}, .subject = {}};
    if (tag.starts_with(kCachePrefix) && tag.size() > kCachePrefix.size()) {
        const std::string_view rest = tag.substr(kCachePrefix.size());
        const std::optional<TagName> owner = read_pull_request(rest);
        return {.kind = TagKind::cache,
                .number = owner ? owner->number : std::nullopt,
                .rest = rest,
                .subject = {}};
    }
    if (std::optional<Digest> subject = read_subject(tag)) {
        return {.kind = TagKind::referrer, .number = {}, .subject = std::move(subject)};
    }
    return {
        .kind = is_branch_like(tag) ? TagKind::branch_like : TagKind::foreign, .number = {}, .subject = {}};
}

std::optional<std::string_view> push_of(std::string_view rest) {
    const std::string_view first = rest.substr(0, rest.find('-'));
    const bool named = first.size() >= kShortSha && first.size() <= 64 && is_lower_hex(first);
    return named ? std::optional(first) : std::nullopt;
}

std::optional<std::string_view> branch_push(std::string_view tag, std::string_view branch) {
    const std::string name = sanitise_ref(branch, kLongestTag - kShortSha - 1);
    if (name.empty() || !tag.starts_with(name)) return std::nullopt;
    tag.remove_prefix(name.size());
    if (tag.size() <= kShortSha || tag.front() != '-') return std::nullopt;
    tag.remove_prefix(1);
    const bool ends = tag.size() == kShortSha || tag[kShortSha] == '-';
    if (!ends || !is_lower_hex(tag.substr(0, kShortSha))) return std::nullopt;
    return tag.substr(0, kShortSha);
}

}  // namespace pr_image::plan::cleanup
