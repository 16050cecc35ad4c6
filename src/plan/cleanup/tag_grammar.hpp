#pragma once

#include "text/digest.hpp"
#include "text/pull_request_number.hpp"

#include <optional>
#include <string_view>

namespace pr_image::plan::cleanup {

/// Whose a tag is, by its name alone.
enum class TagKind {
    pull_request,  ///< pr-<N>, pr-<N>-…
    cache,         ///< buildcache-…
    staging,       ///< pr-image-staging-…: parts of an image that a later job puts together
    journal,       ///< pr-image-cleanup-…: what an earlier clean-up meant to delete
    referrer,      ///< sha256-<hex>, with cosign's .sig, .att or .sbom: belongs to another manifest
    branch_like,   ///< <name>-<7 hex>…: a feature branch's, if the image's label says so
    foreign        ///< anything else, which clean-up never touches
};

inline constexpr std::string_view kCachePrefix = "buildcache-";
inline constexpr std::string_view kStagingPrefix = "pr-image-staging-";
inline constexpr std::string_view kJournalPrefix = "pr-image-cleanup-";

/// A tag's name, taken apart.
struct TagName {
    TagKind kind = TagKind::foreign;
    std::optional<PullRequestNumber> number;  ///< of pull_request, and of a pull request's cache
    std::string_view rest;          ///< pull_request: what follows the number; cache: what follows the prefix
    std::optional<Digest> subject;  ///< of referrer
};

/// Takes a tag; says whose it is. Rules: README, "What it decides"; referrers: OCI distribution spec,
/// "Referrers Tag Schema", and cosign's tag convention.
TagName read_tag(std::string_view tag);

/// Takes what follows `pr-<N>-`; gives the part that names one push (a commit or a run), or nothing: then the
/// tag is one that moves (`pr-7`, `pr-7-dev`).
std::optional<std::string_view> push_of(std::string_view rest);

/// Takes a tag and a branch's real name; gives what follows `<sanitised name>-` if that begins with 7 hex
/// digits that end the tag or a part of it: the push that made this tag of the branch. Otherwise nothing.
std::optional<std::string_view> branch_push(std::string_view tag, std::string_view branch);

}  // namespace pr_image::plan::cleanup
