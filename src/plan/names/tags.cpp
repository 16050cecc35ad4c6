#include "plan/names/tags.hpp"

#include "plan/names/metadata/semver.hpp"
#include "text/glob.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace pr_image::plan {

using text::fail;
using text::printable;

namespace {

/// Replaces `{name}` by its value; a name that is not known is an Error of the input.
Result<std::string> expand(std::string_view format,
                           const std::vector<std::pair<std::string, std::string>>& values) {
    std::string expanded;
    while (!format.empty()) {
        const std::size_t open = format.find('{');
        expanded += format.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = format.find('}', open);
        const bool closed = close != std::string_view::npos;
        const std::string_view placeholder = format.substr(open, closed ? close - open + 1 : close);
        const std::string_view name = format.substr(open + 1, closed ? close - open - 1 : close);
        const auto found = std::ranges::find(values, name, &std::pair<std::string, std::string>::first);
        if (!closed || found == values.end()) {
            std::string known;
            for (const auto& [key, value] : values)
                known += fmt::format("{}{{{}}}", known.empty() ? "" : " ", key);
            return fail("Invalid input 'pr-tag'", fmt::format("'{}' is not known", printable(placeholder)),
                        fmt::format("Use {}.", known));
        }
        expanded += found->second;
        format.remove_prefix(close + 1);
    }
    return expanded;
}

Result<std::string> expand_format(const Event& event, const Inputs& inputs, const Subject& subject) {
    if (inputs.naming.pr_tag.contains("{merge-sha}") && !subject.merge_sha) {
        return fail("Invalid input 'pr-tag'", fmt::format("the event {} has no {{merge-sha}}", event.name),
                    "Use {sha} or {head-sha}, or run on pull_request.");
    }
    const std::string head = subject.head_sha ? subject.head_sha->string() : subject.sha.string();
    Result<std::string> tag = expand(
        inputs.naming.pr_tag, {{"number", subject.number->string()},
                               {"sha", subject.sha.string()},
                               {"short-sha", subject.sha.short_form()},
                               {"head-sha", head},
                               {"merge-sha", subject.merge_sha ? subject.merge_sha->string() : std::string()},
                               {"run-id", event.run_id},
                               {"run-attempt", event.run_attempt},
                               {"variant", inputs.naming.variant}});
    if (tag && !inputs.naming.variant.empty() && !inputs.naming.pr_tag.contains("{variant}"))
        *tag += "-" + inputs.naming.variant;
    return tag;
}

/// Names of at most `room` characters, so that a variant still fits behind them.
std::vector<std::string> git_tag_names(std::string_view git_tag, std::size_t room) {
    const std::optional<metadata::Semver> version = metadata::parse_semver(git_tag);
    if (!version) {
        const bool usable = git_tag.size() <= room && Tag::parse(git_tag) && !is_reserved(git_tag);
        return {usable ? std::string(git_tag) : sanitise_ref(git_tag, room)};
    }
    if (!version->pre_release.empty()) return {version->version()};
    std::vector<std::string> names{version->version(), fmt::format("{}.{}", version->major, version->minor)};
    // 0.x promises nothing between its minors, so a tag `0` would.
    if (version->major != "0") names.push_back(version->major);
    names.emplace_back("latest");
    return names;
}

/// Names of at most `room` characters; what is cut off is the branch's name, never the commit.
std::vector<std::string> branch_names(const Event& event, const Subject& subject, std::size_t room) {
    const std::string short_sha = subject.sha.short_form();
    if (event.on_default_branch()) {
        std::vector<std::string> names{"latest"};
        if (std::string name = sanitise_ref(event.branch(), room); !name.empty())
            names.push_back(std::move(name));
        names.push_back(commit_tag(short_sha));
        return names;
    }
    return {branch_tag(event.branch(), short_sha, room)};
}

/// Whether the whole tag, with its variant, reads as one that clean-up deletes by its name.
bool reads_as_ours(std::string_view tag) {
    const TagKind kind = read_tag(tag).kind;
    return kind != TagKind::foreign && kind != TagKind::branch_like && kind != TagKind::commit;
}

}  // namespace

Result<Tag> ephemeral_tag(const Event& event, const Inputs& inputs, const Subject& subject) {
    TRY_ASSIGN(std::string name, expand_format(event, inputs, subject));
    Result<Tag> tag = Tag::parse(name);
    if (!tag)
        return fail("Invalid input 'pr-tag'", tag.error().why, "It has to make a tag, with the variant.");
    return tag;
}

Result<void> check_pull_request_tag(const Tag& tag, std::string_view input, const Event& event,
                                    const Inputs& inputs, const PullRequestNumber& number) {
    const bool default_branch =
        !event.default_branch.empty() && tag.string() == sanitise(event.default_branch);
    if (!is_pull_request_tag(tag.string(), number) || default_branch) {
        return fail(
            fmt::format("Invalid input '{}'", input),
            fmt::format("a pull request cannot make the tag '{}'", tag.string()),
            fmt::format("Tags of pull request #{0} are pr-{0} and pr-{0}-…; others are for branches and "
                        "releases: give such a rule enable=${{{{ github.event_name == 'push' }}}}.",
                        number.string()));
    }
    for (const std::string& glob : inputs.naming.protected_tags) {
        if (text::glob_match(glob, tag.string())) {
            return fail("Invalid input 'protected-tags'",
                        fmt::format("'{}' protects '{}', which is this pull request's tag", printable(glob),
                                    tag.string()),
                        "Protect only tags that no pull request makes.");
        }
    }
    return {};
}

Result<std::vector<Tag>> ref_tags(const Event& event, const Inputs& inputs, const Subject& subject) {
    const std::string suffix = inputs.naming.variant.empty() ? std::string() : "-" + inputs.naming.variant;
    const std::size_t room = kMaxTagLength - std::min(kMaxTagLength, suffix.size());
    const std::vector<std::string> names =
        event.git_tag().empty() ? branch_names(event, subject, room) : git_tag_names(event.git_tag(), room);
    std::vector<Tag> tags;
    for (const std::string& name : names) {
        Result<Tag> tag = Tag::parse((reads_as_ours(name + suffix) ? "ref-" : "") + name + suffix);
        if (!tag) {
            return fail("No tag for this ref",
                        fmt::format("'{}' yields '{}', which no registry accepts", printable(event.ref),
                                    printable(name)),
                        "Name the tags with input tags.");
        }
        tags.push_back(*std::move(tag));
    }
    return tags;
}

}  // namespace pr_image::plan
