#pragma once

#include "support/child_process.hpp"

#include <set>
#include <sstream>
#include <string>

namespace pr_image::support {

/// What an engine holds, as the docker command `docker` shows it: names, digests and IDs, also of images
/// without a name.
inline std::set<std::string> docker_images(const std::string& docker) {
    std::istringstream lines(run({docker, "image", "ls", "--all", "--digests", "--no-trunc", "--format",
                                  "{{.Repository}}:{{.Tag}} {{.Digest}} {{.ID}}"})
                                 .out);
    std::set<std::string> images;
    for (std::string line; std::getline(lines, line);)
        images.insert(line);
    return images;
}

}  // namespace pr_image::support
