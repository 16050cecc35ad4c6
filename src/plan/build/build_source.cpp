#include "plan/build/build_source.hpp"

#include "plan/build/default_context.hpp"
#include "text/digest.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pr_image::plan {

using text::printable;

namespace {

constexpr std::string_view kLayout = "oci-layout://";

BuildSource opened(WorkspacePath path) {
    std::string text = path.string();
    return {.text = std::move(text), .path = std::move(path)};
}

bool is_elsewhere(std::string_view source) {
    constexpr std::array<std::string_view, 2> others{"docker-image://", "target:"};
    return is_remote_context(source) || names_default_context(source) ||
           std::ranges::any_of(others, [&](std::string_view prefix) { return source.starts_with(prefix); });
}

/// Splits `PATH[:TAG][@DIGEST]` where buildx does: at the last `@` before a digest, and at the last colon.
std::pair<std::string_view, std::string_view> split_layout(std::string_view layout) {
    std::size_t end = layout.size();
    const std::size_t at = layout.rfind('@');
    if (at != std::string_view::npos && Digest::parse(layout.substr(at + 1))) end = at;
    const std::size_t colon = layout.substr(0, end).rfind(':');
    if (colon != std::string_view::npos) end = colon;
    return {layout.substr(0, end), layout.substr(end)};
}

Result<BuildSource> open_layout(std::string_view source, const PathOpener& paths) {
    const auto [folder, which] = split_layout(source.substr(kLayout.size()));
    TRY_ASSIGN(WorkspacePath path, paths.open(folder, PathUse::layout));
    if (path.string().find_first_of(":@") != std::string::npos) {
        return text::fail("Path refused",
                          fmt::format("'{}' has a colon or @, which buildx takes for a tag's or digest's",
                                      printable(path.string())),
                          "Give the folder another name.");
    }
    std::string text = fmt::format("{}{}{}", kLayout, path.string(), which);
    return BuildSource{.text = std::move(text), .path = std::move(path)};
}

}  // namespace

bool is_remote_context(std::string_view context) {
    constexpr std::array<std::string_view, 5> prefixes{"https://", "http://", "git://", "ssh://",
                                                       "github.com/"};
    const auto starts = [&](std::string_view prefix) { return context.starts_with(prefix); };
    // git's short form of an SSH address has a colon behind the host; without one it is a path.
    const std::string_view host = context.substr(0, context.find('/'));
    return std::ranges::any_of(prefixes, starts) || (host.starts_with("git@") && host.contains(':'));
}

Result<BuildSource> open_context(std::string_view context, const PathOpener& paths) {
    if (is_remote_context(context) || names_default_context(context))
        return BuildSource{.text = std::string(context)};
    if (context.contains("{{")) {
        return text::fail("Path refused",
                          fmt::format("'{}' has a template other than {{{{defaultContext}}}} in front",
                                      printable(context)));
    }
    TRY_ASSIGN(WorkspacePath path, paths.open(context, PathUse::folder));
    return opened(std::move(path));
}

Result<BuildSource> open_dockerfile(std::string_view file, const BuildSource& context,
                                    const PathOpener& paths) {
    if (!context.path && file == "-") {
        return text::fail("Path refused", "'-' is standard input, and there is none",
                          "Give the Dockerfile's path in the context.");
    }
    if (file.empty() || (!context.path && !file.starts_with('/')))
        return BuildSource{.text = std::string(file)};
    TRY_ASSIGN(WorkspacePath path, paths.open(file, PathUse::dockerfile));
    return opened(std::move(path));
}

Result<BuildSource> open_named_context(std::string_view source, const PathOpener& paths) {
    if (is_elsewhere(source)) return BuildSource{.text = std::string(source)};
    if (source.starts_with(kLayout)) return open_layout(source, paths);
    TRY_ASSIGN(WorkspacePath path, paths.open(source, PathUse::folder));
    return opened(std::move(path));
}

}  // namespace pr_image::plan
