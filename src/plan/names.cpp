#include "plan/names.hpp"

#include "plan/tags.hpp"

#include <fmt/format.h>

namespace pr_image::plan {

using text::fail;

Result<Names> resolve_names(const Event& event, const Inputs& inputs,
                            const std::optional<PullRequestFacts>& pull_request) {
    Result<Subject> subject = resolve_subject(event, inputs, pull_request);
    if (!subject) return std::unexpected(subject.error());
    Names names{.subject = *std::move(subject), .images = inputs.images, .tags = {}};
    if (names.images.empty()) {
        Result<ImageName> image = ImageName::parse(fmt::format("{}/{}", inputs.registry, event.repository));
        if (!image) {
            return fail("No image name",
                        fmt::format("the repository's name does not make one: {}", image.error().why),
                        "Name the image in input image.");
        }
        names.images.push_back(*std::move(image));
    }
    Result<std::vector<Tag>> tags = names.subject.number
                                        ? pull_request_tags(event, inputs, names.subject, names.images)
                                        : ref_tags(event, inputs, names.subject, names.images);
    if (!tags) return std::unexpected(tags.error());
    names.tags = *std::move(tags);
    return names;
}

}  // namespace pr_image::plan
