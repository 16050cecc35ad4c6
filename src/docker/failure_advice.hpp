#pragma once

#include "docker/build_failure.hpp"

#include <string_view>

namespace pr_image::docker {

/// Takes a failure; gives what helps against its cause, where the tools' own words name one, or nothing.
/// Judged by the format strings of BuildKit, buildx, containerd, the engine, git, Go's `crypto/x509` and
/// `net/http`, and the error texts of GHCR, Docker Hub, ECR and Artifact Registry. Text that the Dockerfile
/// or a build chose decides nothing, except that the last lines of a failed command are looked at for the
/// kernel's and libc's own messages.
std::string_view known_remedy(const BuildFailure& failure);

}  // namespace pr_image::docker
