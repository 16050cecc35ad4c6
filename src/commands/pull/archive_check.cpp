#include "commands/pull/archive_check.hpp"

#include "text/try.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace pr_image::commands {

using text::fail;

Result<docker::TarImage> ArchiveCheck::finish() {
    TRY_ASSIGN(std::vector<docker::TarImage> images, archive_.finish());
    if (images.size() != 1) {
        return fail("Image archive refused", fmt::format("it holds {} images", images.size()));
    }
    docker::TarImage& image = images.front();
    if (image.tags.empty()) return fail("Image archive refused", "its image has no name");
    Result<void> verified = plan::verify_platform(image.os + "/" + image.architecture, platform_);
    if (verified) verified = plan::verify_commit(image.labels, plan_);
    if (!verified) return std::unexpected(verified.error());
    return std::move(image);
}

}  // namespace pr_image::commands
