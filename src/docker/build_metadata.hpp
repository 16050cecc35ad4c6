#pragma once

#include "docker/solve_status.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pr_image::docker {

/// What buildx says of the image that it built (`--metadata-file`).
struct BuildMetadata {
    std::optional<Digest> digest;  ///< of what the last exporter wrote: an index with attestations, or
                                   ///< a manifest
    std::optional<Digest>
        config_digest;      ///< the image's ID, where one platform was built without attestations
    std::string names;      ///< comma-separated, as they were pushed
    std::string build_ref;  ///< builder/node/id
    std::string json;       ///< all of it, on one line
    std::vector<VertexWarning> checks =
        {};  ///< the answer to `--call=check`, as far as it has the form of one
};

/// Takes the file's content; gives what is known from it. An Error says that it is not JSON. The answer to a
/// call is under `result.json` (buildx, commands/build.go); that of `check` is BuildKit's `lint.LintResults`.
Result<BuildMetadata> parse_build_metadata(std::string_view content);

/// Gives what is known of an image whose build wrote no metadata: the digest that the registry holds under
/// these names.
BuildMetadata pushed_metadata(const Digest& digest, const std::vector<std::string>& names);

}  // namespace pr_image::docker
