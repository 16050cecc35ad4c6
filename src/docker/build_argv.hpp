#pragma once

#include "plan/plan.hpp"

#include <map>
#include <string>
#include <vector>

namespace pr_image::docker {

/// The files of one run that buildx is pointed to.
struct BuildFiles {
    std::string metadata;                        ///< where buildx writes its metadata, absolute
    std::map<std::string, std::string> secrets;  ///< a secret's id → the private file that holds its value
};

/// Gives buildx's arguments for a plan, from `build` on: one element an argument, in a stable order, nothing
/// for a shell. The registry is the last output, because buildx's metadata reports the digest of the last
/// exporter.
std::vector<std::string> build_arguments(const plan::Plan& plan, const BuildFiles& files);

/// Gives the command that a person could type for a plan: `docker buildx build …`. Secrets appear as ids
/// only, the credentials of a cache as `***`.
std::vector<std::string> typed_command(const plan::Plan& plan);

}  // namespace pr_image::docker
