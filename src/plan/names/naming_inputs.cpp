#include "plan/names/naming_inputs.hpp"

#include "plan/names/metadata/annotations.hpp"
#include "plan/names/metadata/image_list.hpp"
#include "text/csv.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pr_image::plan {

using text::Commas;
using text::printable;

namespace {

constexpr std::array<std::pair<std::string_view, MetadataMode>, 2> kMetadata{
    {{"auto", MetadataMode::own}, {"none", MetadataMode::none}}};

void add_image(Inputs& inputs, const ImageName& image, std::string written) {
    if (std::ranges::find(inputs.naming.images, image) != inputs.naming.images.end()) return;
    inputs.naming.images.push_back(image);
    inputs.naming.image_spellings.push_back(std::move(written));
}

void read_images(InputReader& read, Inputs& inputs) {
    if (const std::string image = read.text("image"); !image.empty()) {
        const auto name =
            read.take("image", ImageName::parse(text::names_registry(image)
                                                    ? image
                                                    : fmt::format("{}/{}", inputs.naming.registry, image)));
        if (name) add_image(inputs, *name, name->string());
    }
    const auto listed = read.take("images", metadata::parse_images(read.raw("images")));
    if (!listed) return;
    for (const metadata::ListedImage& image : *listed) {
        if (image.enabled) add_image(inputs, image.name, image.written);
    }
    if (!listed->empty() && inputs.naming.images.empty()) {
        read.refuse("images", "every entry is off (enable=false)",
                    "Leave one on, or skip this step with if: in such a run.");
    }
}

/// The tags as docker/build-push-action takes them. docker means `latest` where there is none.
void read_exact_tags(InputReader& read, Inputs& inputs) {
    for (const std::string& name : read.list("tags", Commas::split)) {
        const std::size_t slash = name.rfind('/');
        const bool tagged = name.find(':', slash == std::string::npos ? 0 : slash) != std::string::npos;
        const auto reference = read.take("tags", Reference::parse(tagged ? name : name + ":latest"));
        if (reference && reference->digest())
            read.refuse("tags", fmt::format("'{}' has a digest", printable(name)));
        if (reference) inputs.naming.exact_tags.push_back(*reference);
    }
    for (const std::string_view unused : {"images", "flavor"}) {
        if (!read.text(unused).empty()) {
            read.refuse(unused, "it has no use with metadata: none, which takes tags as they are",
                        "Leave it out, or leave metadata: none out.");
        }
    }
}

void read_tags(InputReader& read, const InputMap& environment, Inputs& inputs) {
    if (auto rules = read.take("tags", metadata::parse_rules(read.raw("tags"))))
        inputs.naming.tag_rules = *std::move(rules);
    if (auto flavor = read.take("flavor", metadata::parse_flavor(read.raw("flavor"))))
        inputs.naming.flavor = *std::move(flavor);
    if (inputs.naming.tag_rules.empty() && !read.text("flavor").empty()) {
        read.refuse("flavor", "it shapes the rules of input tags, and there are none",
                    "Give tags, or use variant for the default tags.");
    }
    const auto length = environment.find("DOCKER_METADATA_SHORT_SHA_LENGTH");
    if (length == environment.end() || length->second.empty()) return;
    inputs.naming.short_sha_length = text::parse_number<std::size_t>(length->second, 1, 64).value_or(0);
    if (inputs.naming.short_sha_length == 0) {
        read.refuse("tags", fmt::format("DOCKER_METADATA_SHORT_SHA_LENGTH is '{}', not 1 to 64",
                                        printable(length->second)));
    }
}

void read_labels(InputReader& read, const InputMap& environment, Inputs& inputs) {
    const bool templates = inputs.naming.metadata_mode == MetadataMode::own;
    const text::ListSyntax syntax{.comments =
                                      templates ? text::Comments::are_skipped : text::Comments::are_data};
    const auto split = [&](std::string_view input, const std::string& entry) {
        return templates ? read.take(input, metadata::parse_entry(input, entry))
                         : read.key_value(input, entry);
    };
    for (const std::string& entry : read.list("labels", Commas::keep, syntax)) {
        if (auto pair = split("labels", entry)) inputs.naming.labels.push_back(*std::move(pair));
    }
    inputs.naming.annotations = read.list("annotations", Commas::keep, syntax);
    for (const std::string& entry : inputs.naming.annotations)
        split("annotations", entry);
    const auto levels = environment.find("DOCKER_METADATA_ANNOTATIONS_LEVELS");
    if (levels == environment.end() || levels->second.empty()) return;
    inputs.naming.annotation_levels.clear();
    for (const std::string_view level : text::split(levels->second, ',')) {
        if (metadata::annotation_level(fmt::format("{}:", text::trim(level))).empty()) {
            read.refuse("annotations",
                        fmt::format("DOCKER_METADATA_ANNOTATIONS_LEVELS has '{}'", printable(level)),
                        "Its levels are manifest, index, manifest-descriptor and index-descriptor.");
        }
        inputs.naming.annotation_levels.emplace_back(text::trim(level));
    }
}

}  // namespace

void read_naming(InputReader& read, const InputMap& environment, Inputs& inputs) {
    inputs.naming.metadata_mode = read.choice("metadata", kMetadata);
    read_images(read, inputs);
    inputs.naming.pr_tag = read.text("pr-tag", kDefaultPullRequestTag);
    const std::string sha = read.text("sha", "head");
    if (sha == "merge") {
        inputs.subject.sha = ShaChoice::merge;
    } else if (sha != "head") {
        inputs.subject.given_sha =
            read.take("sha", CommitSha::parse(sha), "Use head, merge, or a commit's hex digits.");
    }
    if (const std::string number = read.text("pr-number"); !number.empty()) {
        inputs.subject.pr_number = read.take("pr-number", PullRequestNumber::parse(number));
    }
    inputs.naming.variant = read.text("variant");
    if (!inputs.naming.variant.empty()) {
        read.take("variant", Tag::parse(inputs.naming.variant),
                  "It becomes part of a tag: letters, digits, '_', '.', '-'.");
    }
    inputs.naming.protected_tags = read.list("protected-tags", Commas::split);
    if (const Result<void> checked = check_tag_globs(inputs.naming.protected_tags); !checked) {
        read.refuse("protected-tags", checked.error().why, checked.error().fix);
    }
    if (inputs.naming.metadata_mode == MetadataMode::none) {
        read_exact_tags(read, inputs);
    } else {
        read_tags(read, environment, inputs);
    }
    read_labels(read, environment, inputs);
}

}  // namespace pr_image::plan
