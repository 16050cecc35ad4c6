#pragma once

#include "text/error.hpp"
#include "text/reference.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// One entry of input `outputs`: a destination as `docker buildx build --output` takes it.
struct OutputEntry {
    std::string text;  ///< as it is written
    std::string type;  ///< "local", "registry", "image", "docker", "oci", "tar", "cacheonly"
    bool pushes = false;
    bool by_digest = false;        ///< pushed without a tag
    std::vector<ImageName> names;  ///< what `name=` says
    std::string destination;       ///< absolute path in the workspace; empty: none
};

/// Takes an entry; gives what it means. Errors: a destination outside the workspace, or standard output,
/// which is the log here; a name that no registry accepts. Rule: docker buildx build --output.
Result<OutputEntry> parse_output(std::string_view entry, const std::string& workspace);

}  // namespace pr_image::plan
