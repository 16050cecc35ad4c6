#pragma once

#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/pull_request_number.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Every tag that this program makes or recognises, each as one function that formats it and one that reads
/// it back. Clean-up decides by these what it may delete; no other file writes such a name
/// (tests/architecture/check).
namespace pr_image::plan {

/// The most characters that a tag may have (OCI distribution spec, "Pulling manifests").
inline constexpr std::size_t kMaxTagLength = 128;

/// What input `pr-tag` is by default.
inline constexpr std::string_view kDefaultPullRequestTag = "pr-{number}-{sha}";
/// What docker/metadata-action puts before a pull request's number and before a commit.
inline constexpr std::string_view kPullRequestPrefix = "pr-";
inline constexpr std::string_view kCommitPrefix = "sha-";

/// Whose a tag is, by its name alone.
enum class TagKind {
    pull_request,  ///< pr-<N>, pr-<N>-…
    cache,         ///< buildcache-…
    staging,       ///< pr-image-staging-…: parts of an image that a later job puts together
    journal,       ///< pr-image-cleanup-…: what an earlier clean-up meant to delete
    referrer,      ///< sha256-<hex>, with cosign's .sig, .att or .sbom: belongs to another manifest
    commit,        ///< sha-<7 hex>…: the default branch's
    branch_like,   ///< <name>-<7 hex>…: a feature branch's, if the image's label says so
    foreign        ///< anything else, which clean-up never touches
};

/// A tag's name, taken apart.
struct TagName {
    TagKind kind = TagKind::foreign;
    std::optional<PullRequestNumber> number;  ///< of pull_request, and of a pull request's cache
    /// pull_request: what follows the number; cache, staging, journal and commit: what follows the prefix;
    /// referrer: cosign's suffix.
    std::string_view rest;
    std::optional<Digest> subject;  ///< of referrer
};

/// Takes a tag; says whose it is. Rules: README, "What it decides"; referrers: OCI distribution spec,
/// "Referrers Tag Schema", and cosign's tag convention.
TagName read_tag(std::string_view tag);

/// Gives `pr-<number>`, or `pr-<number>-<rest>`.
std::string pull_request_tag(const PullRequestNumber& number, std::string_view rest = {});
/// True for `pr-<number>` and `pr-<number>-…`: the only tags that a pull request may yield and clean-up may
/// remove.
bool is_pull_request_tag(std::string_view tag, const PullRequestNumber& number);
/// Takes what follows `pr-<N>-`; gives the part that names one push (a commit or a run), or nothing: then the
/// tag is one that moves (`pr-7`, `pr-7-dev`).
std::optional<std::string_view> push_of(std::string_view rest);

/// Gives `sha-<short>`.
std::string commit_tag(std::string_view short_sha);

/// Takes a branch's real name, a commit and how long the tag may be; gives `<sanitised name>-<short>`, or
/// `sha-<short>` where nothing of the name is left. What is cut off is the branch's name, never the commit.
std::string branch_tag(std::string_view branch, std::string_view short_sha,
                       std::size_t longest = kMaxTagLength);
/// Takes a tag and a branch's real name; gives what follows `<sanitised name>-` if that begins with 7 hex
/// digits that end the tag or a part of it: the push that made this tag of the branch. Otherwise nothing.
std::optional<std::string_view> branch_push(std::string_view tag, std::string_view branch);

/// What tells one build's cache from the others of its image.
struct CacheName {
    std::string ref;       ///< as pull_request_cache_ref() or branch_cache_ref() give it
    std::string variant;   ///< as cache_part() gives it, or empty
    std::string platform;  ///< the same

    friend bool operator==(const CacheName&, const CacheName&) = default;
};
/// Gives the name of a pull request's caches: `pr-<N>`.
std::string pull_request_cache_ref(const PullRequestNumber& number);
/// Gives the name of a branch's caches: its own where that is sanitised and nobody else's, otherwise a part
/// of it and a hash, so that no two branches, and no branch and pull request, share a cache. "" for "".
std::string branch_cache_ref(std::string_view branch);
/// Takes any text; gives a name of at most `longest` (at least 10) characters of `[a-z0-9._-]` that no other
/// text gets: itself where it is sanitised, otherwise a part of it and a hash. "" for "".
std::string cache_part(std::string_view text, std::size_t longest);
/// Gives a part of `readable`, sanitised, and a hash of `whole`, for what needs more than its name to be told
/// apart.
std::string hashed_part(std::string_view readable, std::string_view whole, std::size_t longest);
/// Gives `<ref>[--<variant>][---<platform>]`. No part holds two dashes, so it is read back unambiguously.
std::string cache_scope(const CacheName& name);
/// Gives `buildcache-<scope>`, at most 128 characters.
std::string cache_tag(const CacheName& name);
/// Takes a cache's tag; gives its parts, or nothing for another tag.
std::optional<CacheName> read_cache_tag(std::string_view tag);
/// Takes a cache's ref and a branch's real name; says whether the cache is that branch's. A ref without a
/// hash may have a variant behind one dash, as earlier versions wrote it.
bool is_cache_of_branch(std::string_view ref, std::string_view branch);

/// The most characters that CacheName::ref has, and that variant and platform have together with their
/// dashes.
inline constexpr std::size_t kMaxCacheRef = 80;
inline constexpr std::size_t kMaxCacheSuffix = 37;

/// One job's part of an image that `command: merge` puts together.
struct StagingName {
    std::string run_id;
    std::string platform;  ///< os/architecture[/variant]
    std::string variant;   ///< input `variant`; may be empty

    friend bool operator==(const StagingName&, const StagingName&) = default;
};
/// Gives `pr-image-staging-<run id>-<os>-<architecture>[-<variant of it>][--<input variant>]`; longer than a
/// tag may be where the variant is.
std::string staging_tag_name(const StagingName& name);
/// Takes a tag; gives the parts that make it one job's, or nothing.
std::optional<StagingName> read_staging_tag(std::string_view tag);

/// Takes a name that no other run has (letters, digits, dashes); gives `pr-image-cleanup-<name>`.
std::string journal_tag(std::string_view name);

/// Gives `sha256-<hex>`, with one of cosign's suffixes (".sig", ".att", ".sbom") or none.
std::string referrer_tag(const Digest& subject, std::string_view suffix = {});

/// Takes any text; gives it in lower case with every run of characters outside `[a-z0-9.]` as one `-`,
/// without `-` and `.` at the ends, at most `longest` characters. May give "". Rule: README, "What it
/// decides".
std::string sanitise(std::string_view text, std::size_t longest = kMaxTagLength);
/// Takes a branch's or git tag's name; gives it sanitised, behind `ref-` where it would read as one of the
/// tags above: a release named `pr-7` must not go with pull request #7.
std::string sanitise_ref(std::string_view ref, std::size_t longest = kMaxTagLength);
/// True for what reads as a tag of ours, or begins like one: a pull request's, a cache, a staging tag, a
/// journal, a referrer, the default branch's commit.
bool is_reserved(std::string_view name);

/// Takes globs for tags: `*` stands for any run of characters, `?` for one, everything else for itself.
/// Errors: a glob that can match no tag, since it would protect nothing while it looks as if it did.
Result<void> check_tag_globs(const std::vector<std::string>& globs);

}  // namespace pr_image::plan
