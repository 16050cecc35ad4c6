#include "plan/names/metadata_answer.hpp"

#include "plan/names/metadata/annotations.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace pr_image::plan {

namespace {

metadata::Pairs oci_set(const Labels& labels) {
    metadata::Pairs set;
    std::ranges::copy_if(labels, std::back_inserter(set), [](const auto& label) {
        return label.first.starts_with("org.opencontainers.image.");
    });
    return set;
}

boost::json::array strings(const std::vector<std::string>& values) {
    boost::json::array list;
    for (const std::string& value : values)
        list.emplace_back(value);
    return list;
}

}  // namespace

Result<std::vector<std::string>> image_annotations(const Inputs& inputs, const Labels& labels,
                                                   const metadata::Context& context) {
    if (inputs.naming.metadata_mode == MetadataMode::none) return inputs.naming.annotations;
    const auto bare = [](const std::string& entry) { return metadata::annotation_level(entry).empty(); };
    const bool with_set = std::ranges::any_of(inputs.naming.annotations, bare);
    Result<std::vector<std::string>> all =
        metadata::annotations(with_set ? oci_set(labels) : metadata::Pairs{}, inputs.naming.annotations,
                              inputs.naming.annotation_levels, context);
    if (!all) return text::fail("Invalid input 'annotations'", all.error().why, all.error().fix);
    return all;
}

MetadataAnswer metadata_answer(const Names& names, const Labels& labels,
                               const std::vector<std::string>& annotations) {
    MetadataAnswer answer{.annotations = annotations};
    if (!names.tags.empty()) answer.version = names.tags.front().string();
    for (const Tag& tag : names.tags)
        answer.tag_names.push_back(tag.string());
    for (const Reference& reference : names.references) {
        const auto image = std::ranges::find(names.images, reference.name());
        const std::string name =
            image == names.images.end()
                ? reference.name().string()
                : names.spellings[static_cast<std::size_t>(image - names.images.begin())];
        answer.tags.push_back(fmt::format("{}:{}", name, reference.tag()->string()));
    }
    for (const auto& [key, value] : metadata::sorted(labels))
        answer.labels.emplace_back(key, value);
    return answer;
}

std::string to_json(const MetadataAnswer& answer) {
    boost::json::object labels;
    for (const auto& [key, value] : answer.labels)
        labels[key] = value;
    return boost::json::serialize(boost::json::object{{"tags", strings(answer.tags)},
                                                      {"tag-names", strings(answer.tag_names)},
                                                      {"labels", std::move(labels)},
                                                      {"annotations", strings(answer.annotations)}});
}

}  // namespace pr_image::plan
