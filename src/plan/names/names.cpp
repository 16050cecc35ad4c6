#include "plan/names/names.hpp"

#include "plan/names/metadata/tag_names.hpp"
#include "plan/names/metadata_context.hpp"
#include "plan/names/tags.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

using text::fail;
using text::printable;

namespace {

void set_tags(Names& names, const std::vector<metadata::NamedTag>& tags) {
    for (const metadata::NamedTag& named : tags) {
        if (std::ranges::find(names.tags, named.tag) == names.tags.end()) names.tags.push_back(named.tag);
    }
    for (const ImageName& image : names.images) {
        for (const metadata::NamedTag& named : tags) {
            if (!named.image || *named.image == image) names.references.emplace_back(image, named.tag);
        }
    }
}

/// A whole name has to be one of this run's images: a tag for anything else would be pushed to the wrong
/// place or not at all.
Result<void> check_rule_images(const Inputs& inputs, const Names& names) {
    for (const metadata::Rule& rule : inputs.naming.tag_rules) {
        if (!rule.image || std::ranges::find(names.images, *rule.image) != names.images.end()) continue;
        return rule.record.refuse(fmt::format("{} is none of this run's images, the first of which is {}",
                                              rule.image->string(), names.images.front().string()),
                                  "Name every image in input image or images.");
    }
    return {};
}

Result<std::vector<metadata::NamedTag>> rule_tags(const Event& event, const Inputs& inputs,
                                                  const Facts& facts, Names& names) {
    TRY(check_rule_images(inputs, names));
    const metadata::Context context = metadata_context(event, inputs, names.subject, facts);
    TRY_ASSIGN(metadata::TagNames yielded,
               metadata::tag_names(inputs.naming.tag_rules, inputs.naming.flavor, context));
    names.remarks = std::move(yielded.remarks);
    if (yielded.tags.empty() && !names.subject.number) {
        return fail(
            "No tag for this ref",
            fmt::format("no rule of input tags yields one for '{}'{}{}", printable(event.ref),
                        names.remarks.empty() ? "" : ": ", text::join(names.remarks, " ")),
            "Add a rule, for example type=ref,event=branch, or run this step only where one applies.");
    }
    return std::move(yielded.tags);
}

Result<std::vector<metadata::NamedTag>> default_tags(const Event& event, const Inputs& inputs, Names& names) {
    std::vector<metadata::NamedTag> tags;
    if (names.subject.number) {
        TRY_ASSIGN(Tag tag, ephemeral_tag(event, inputs, names.subject));
        names.ephemeral = true;
        tags.push_back({std::move(tag), std::nullopt});
        return tags;
    }
    TRY_ASSIGN(std::vector<Tag> defaults, ref_tags(event, inputs, names.subject));
    for (Tag& tag : defaults)
        tags.push_back({std::move(tag), std::nullopt});
    return tags;
}

Result<void> choose_tags(const Event& event, const Inputs& inputs, const Facts& facts, Names& names) {
    if (inputs.naming.metadata_mode == MetadataMode::none) {
        for (const Reference& tag : inputs.naming.exact_tags) {
            if (std::ranges::find(names.tags, *tag.tag()) == names.tags.end())
                names.tags.push_back(*tag.tag());
        }
        names.references = inputs.naming.exact_tags;
        return {};
    }
    std::vector<metadata::NamedTag> tags;
    if (!inputs.naming.tag_rules.empty()) {
        TRY_ASSIGN(tags, rule_tags(event, inputs, facts, names));
    }
    if (tags.empty()) {
        TRY_ASSIGN(tags, default_tags(event, inputs, names));
    }
    set_tags(names, tags);
    return {};
}

}  // namespace

Result<std::vector<ImageName>> image_names(const Event& event, const Inputs& inputs) {
    if (!inputs.naming.images.empty()) return inputs.naming.images;
    std::vector<ImageName> images;
    const auto add = [&](const ImageName& image) {
        if (std::ranges::find(images, image) == images.end()) images.push_back(image);
    };
    for (const metadata::Rule& rule : inputs.naming.tag_rules) {
        if (rule.image) add(*rule.image);
    }
    for (const Reference& tag : inputs.naming.exact_tags)
        add(tag.name());
    for (const OutputEntry& output : inputs.build.outputs) {
        if (output.pushes) std::ranges::for_each(output.names, add, &NamedImage::name);
    }
    if (!images.empty()) return images;
    Result<ImageName> image =
        ImageName::parse(fmt::format("{}/{}", inputs.naming.registry, event.repository));
    if (!image) {
        return fail("No image name",
                    fmt::format("the repository's name does not make one: {}", image.error().why),
                    "Name the image in input image.");
    }
    images.push_back(*std::move(image));
    return images;
}

Result<Names> resolve_names(const Event& event, const Inputs& inputs,
                            const std::optional<PullRequestFacts>& pull_request, const Facts& facts) {
    TRY_ASSIGN(Subject subject, resolve_subject(event, inputs, pull_request));
    TRY_ASSIGN(std::vector<ImageName> images, image_names(event, inputs));
    Names names{.subject = std::move(subject), .images = std::move(images)};
    names.spellings = inputs.naming.image_spellings;
    if (inputs.naming.images.empty()) {
        for (const ImageName& image : names.images)
            names.spellings.push_back(image.string());
    }
    TRY(choose_tags(event, inputs, facts, names));
    if (!names.subject.number) return names;
    for (const Tag& tag : names.tags) {
        TRY(check_pull_request_tag(tag, names.ephemeral ? "pr-tag" : "tags", event, inputs,
                                   *names.subject.number));
    }
    return names;
}

}  // namespace pr_image::plan
