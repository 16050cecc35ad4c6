#pragma once

#include "docker/buildx.hpp"
#include "docker/engine.hpp"
#include "plan/facts.hpp"
#include "plan/names/names.hpp"
#include "process/private_directory.hpp"

#include <optional>

namespace pr_image::commands {

/// What was found, and the tools that were found with it.
struct Looks {
    plan::Facts facts;
    std::optional<plan::Names> names;      ///< of the image that is built; there after gather()
    std::optional<docker::Engine> engine;  ///< how to speak to it, whether it answered or not
    std::optional<docker::Buildx> buildx;
    std::optional<process::PrivateDirectory> base_folder;  ///< what the base image was unpacked into
};

}  // namespace pr_image::commands
