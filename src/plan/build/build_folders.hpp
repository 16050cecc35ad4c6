#pragma once

#include "plan/inputs.hpp"

#include <string>
#include <vector>

namespace pr_image::plan {

/// The folders of this machine that buildx lets a build read, as absolute paths.
struct BuildFolders {
    std::string context;             ///< empty: BuildKit fetches it
    std::string dockerfile;          ///< the Dockerfile itself; empty: BuildKit fetches it
    std::string dockerfile_folder;   ///< all of which a frontend that the Dockerfile names may ask for
    std::vector<std::string> named;  ///< of input `build-contexts`

    /// All of them, each once.
    [[nodiscard]] std::vector<std::string> all() const;
};

/// Takes what is built; gives the folders that the build can read. Rule: docker/buildx, `build/opt.go`: the
/// context, the Dockerfile's folder, and each additional context that is a folder. An OCI layout is read by
/// digest.
BuildFolders build_folders(const BuildInputs& inputs);

}  // namespace pr_image::plan
