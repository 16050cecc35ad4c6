#include "plan/build/default_context.hpp"

#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pr_image::plan {

namespace {

/// Gives how long the `{{defaultContext}}` at the front is, white space in the braces included, or 0.
std::size_t template_length(std::string_view context) {
    const std::size_t close = context.find("}}");
    const bool braces = context.starts_with("{{") && close != std::string_view::npos;
    return braces && text::trim(context.substr(2, close - 2)) == "defaultContext" ? close + 2 : 0;
}

}  // namespace

bool names_default_context(std::string_view context) {
    return template_length(context) != 0;
}

std::string default_context(const Event& event, const CommitSha& commit) {
    return fmt::format("{}/{}.git#{}", event.server_url, event.repository, commit.string());
}

std::string with_default_context(std::string_view context, std::string_view address) {
    const std::size_t length = template_length(context);
    if (length == 0) return std::string(context);
    return fmt::format("{}{}", address, context.substr(length));
}

std::optional<CommitSha> fetched_commit(std::string_view context) {
    const std::size_t mark = context.find('#');
    if (mark == std::string_view::npos) return std::nullopt;
    const std::string_view address = context.substr(0, mark);
    constexpr std::array<std::string_view, 4> kGit{"git@", "git://", "ssh://", "github.com/"};
    const bool git = address.ends_with(".git") || std::ranges::any_of(kGit, [&](std::string_view prefix) {
                         return address.starts_with(prefix);
                     });
    const std::string_view fragment = context.substr(mark + 1);
    const Result<CommitSha> commit = CommitSha::parse(fragment.substr(0, fragment.find(':')));
    if (!git || !commit || !commit->is_full()) return std::nullopt;
    return *commit;
}

std::string git_token_id(const Event& event) {
    std::string_view host = event.server_url;
    if (const std::size_t scheme = host.find("://"); scheme != std::string_view::npos)
        host.remove_prefix(scheme + 3);
    return fmt::format("GIT_AUTH_TOKEN.{}", host.substr(0, host.find('/')));
}

}  // namespace pr_image::plan
