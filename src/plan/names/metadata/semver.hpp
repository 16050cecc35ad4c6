#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pr_image::plan::metadata {

/// A version of Semantic Versioning 2.0.0. Numbers stay text: they are only ever shown.
struct Semver {
    std::string raw;  ///< as it was written, `v` and build metadata included
    std::string major;
    std::string minor;
    std::string patch;
    std::string pre_release;  ///< "beta.67", or empty

    /// `1.2.3` or `1.2.3-beta.67`, without build metadata.
    [[nodiscard]] std::string version() const;
};

/// Takes `1.2.3-pre+build`, with one `v` in front or none; gives nothing for anything else: two numbers,
/// leading zeros, a number above 2^53, more than 256 characters. Rule: semver.org and npm's strict parser.
std::optional<Semver> parse_semver(std::string_view text);

}  // namespace pr_image::plan::metadata
