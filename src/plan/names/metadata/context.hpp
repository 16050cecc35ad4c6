#pragma once

#include "text/time_zone.hpp"
#include "text/timestamp.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace pr_image::plan::metadata {

/// Time zones by their lower-cased names, each as its compiled data was read.
using TimeZones = std::map<std::string, text::TimeZone, std::less<>>;

/// What rules and templates look at.
struct Context {
    std::string event_name;
    std::string ref;  ///< refs/heads/…, refs/tags/…; refs/pull/N/merge for everything about a pull request
    std::string sha;
    std::string base_ref;  ///< the branch a pull request goes to, or that a pushed git tag was made on
    std::string default_branch;
    std::size_t short_sha_length = 7;
    text::Timestamp now{};
    text::Timestamp commit_date{};
    TimeZones zones;

    /// The branch that `ref` names, or empty.
    [[nodiscard]] std::string_view branch() const { return after("refs/heads/"); }
    /// The git tag that `ref` names, or empty.
    [[nodiscard]] std::string_view git_tag() const { return after("refs/tags/"); }
    /// `N/merge` of refs/pull/N/merge without the `/merge`, or empty.
    [[nodiscard]] std::string_view pull_request() const {
        const std::string_view number = after("refs/pull/");
        return number.ends_with("/merge") ? number.substr(0, number.size() - 6) : number;
    }

  private:
    [[nodiscard]] std::string_view after(std::string_view prefix) const {
        const std::string_view whole = ref;
        return whole.starts_with(prefix) ? whole.substr(prefix.size()) : std::string_view();
    }
};

}  // namespace pr_image::plan::metadata
