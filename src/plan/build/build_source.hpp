#pragma once

#include "text/error.hpp"
#include "text/workspace_path.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// Where a build reads from: a file or folder of the workspace, or an address that BuildKit resolves.
struct BuildSource {
    std::string text;                                  ///< as buildx takes it; a path in it is absolute
    std::optional<WorkspacePath> path = std::nullopt;  ///< the one in `text`

    bool operator==(const BuildSource&) const = default;
};

/// An additional context of a build, which a Dockerfile reads by its name.
struct NamedContext {
    std::string name;
    BuildSource source;

    bool operator==(const NamedContext&) const = default;
    /// Gives `name=source`, as `--build-context` takes it.
    [[nodiscard]] std::string string() const { return name + "=" + source.text; }
};

/// True for a build context that BuildKit fetches itself: a URL or a git address (docker build's own rule).
bool is_remote_context(std::string_view context);

/// Takes input `context`; gives it with a folder opened. An Error says that it is neither a folder of the
/// workspace nor an address, or has a template other than `{{defaultContext}}` in front.
Result<BuildSource> open_context(std::string_view context, const PathOpener& paths);

/// Takes input `file` and the context; gives the Dockerfile opened, or as it is written where it is a path
/// in a context that BuildKit fetches. Rule: buildx takes an absolute path from this machine in any case.
Result<BuildSource> open_dockerfile(std::string_view file, const BuildSource& context,
                                    const PathOpener& paths);

/// Takes the source of an entry of `build-contexts`; gives it with a folder or `oci-layout://PATH` opened.
/// Rule: docker buildx build --build-context.
Result<BuildSource> open_named_context(std::string_view source, const PathOpener& paths);

}  // namespace pr_image::plan
