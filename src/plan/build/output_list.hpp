#pragma once

#include "plan/build/option_list.hpp"
#include "text/error.hpp"
#include "text/workspace_path.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// What BuildKit makes of a build. `registry` is an `image` that is pushed.
enum class OutputType { local, tar, oci, docker, image, registry, cacheonly };

/// Gives the name that buildx uses.
std::string_view to_string(OutputType type);

/// One entry of input `outputs`: a destination as `docker buildx build --output` takes it.
struct OutputEntry {
    OutputType type = OutputType::local;
    bool pushes = false;
    bool by_digest = false;         ///< pushed without a tag
    std::vector<NamedImage> names;  ///< where it is pushed to, or what it is called in the engine or the file
    std::optional<WorkspacePath> destination;  ///< a file or a folder
    Attributes attributes;                     ///< all but the type and the destination

    /// The entry as buildx gets it, whichever way it was spelled.
    [[nodiscard]] std::string text() const;
    bool operator==(const OutputEntry&) const = default;
};

/// Takes an entry; gives what it means. Errors: what buildx or BuildKit refuses, or ignores without a word (a
/// type or value that nobody knows, a slip of a key, a push by an exporter that pushes nothing, a destination
/// of one that writes no file); a destination that `paths` does not open, or standard output, which is the
/// log here; a name that no registry accepts. Rules: buildx's util/buildflags/export.go and build/opt.go,
/// BuildKit's exporters.
Result<OutputEntry> parse_output(std::string_view entry, const PathOpener& paths);

}  // namespace pr_image::plan
