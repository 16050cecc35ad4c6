#pragma once

#include "docker/image_tar.hpp"
#include "plan/handover/pull.hpp"
#include "text/error.hpp"

#include <string>
#include <string_view>

namespace pr_image::commands {

/// Sees an archive's bytes as they pass, and says after the last one whether it is the image that a plan
/// wants.
class ArchiveCheck {
  public:
    /// Takes the plan, which has to outlive this, and the platform that the image must be for.
    ArchiveCheck(const plan::PullPlan& plan, std::string platform)
        : plan_(plan), platform_(std::move(platform)), archive_(plan.built) {}

    /// Takes the next bytes. Errors: docker::ImageTarCheck's.
    Result<void> update(std::string_view bytes) { return archive_.update(bytes); }

    /// Gives the one image that the archive holds. Errors: no image or several, another name, commit or
    /// platform.
    Result<docker::TarImage> finish();

  private:
    const plan::PullPlan& plan_;
    std::string platform_;
    docker::ImageTarCheck archive_;
};

}  // namespace pr_image::commands
