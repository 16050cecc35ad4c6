#include "plan/names.hpp"

#include "plan/tags.hpp"

#include <fmt/format.h>

namespace pr_image::plan {

using text::fail;

Result<std::vector<ImageName>> image_names(const Event& event, const Inputs& inputs) {
    if (!inputs.images.empty()) return inputs.images;
    Result<ImageName> image = ImageName::parse(fmt::format("{}/{}", inputs.registry, event.repository));
    if (!image) {
        return fail("No image name",
                    fmt::format("the repository's name does not make one: {}", image.error().why),
                    "Name the image in input image.");
    }
    return std::vector{*std::move(image)};
}

Result<Names> resolve_names(const Event& event, const Inputs& inputs,
                            const std::optional<PullRequestFacts>& pull_request) {
    Result<Subject> subject = resolve_subject(event, inputs, pull_request);
    if (!subject) return std::unexpected(subject.error());
    Result<std::vector<ImageName>> images = image_names(event, inputs);
    if (!images) return std::unexpected(images.error());
    Names names{.subject = *std::move(subject), .images = *std::move(images), .tags = {}};
    Result<std::vector<Tag>> tags = names.subject.number
                                        ? pull_request_tags(event, inputs, names.subject, names.images)
                                        : ref_tags(event, inputs, names.subject, names.images);
    if (!tags) return std::unexpected(tags.error());
    names.tags = *std::move(tags);
    return names;
}

}  // namespace pr_image::plan
