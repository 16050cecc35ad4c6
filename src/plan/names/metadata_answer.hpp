#pragma once

#include "plan/inputs.hpp"
#include "plan/names/labels.hpp"
#include "plan/names/metadata/context.hpp"
#include "plan/names/names.hpp"
#include "plan/plan.hpp"
#include "text/error.hpp"

#include <string>

namespace pr_image::plan {

/// Takes the names, the image's labels and the annotations that the image gets; gives
/// docker/metadata-action's outputs. Names are as the workflow writes them.
MetadataAnswer metadata_answer(const Names& names, const Labels& labels,
                               const std::vector<std::string>& annotations);

/// Gives the annotations that the image gets. Entries that name their own level are taken as they are; a bare
/// `key=value` brings the org.opencontainers.image set with it, as docker/metadata-action has it, and all
/// that goes to the levels of DOCKER_METADATA_ANNOTATIONS_LEVELS. Under `metadata: none` it is what the input
/// says.
Result<std::vector<std::string>> image_annotations(const Inputs& inputs, const Labels& labels,
                                                   const metadata::Context& context);

/// Gives docker/metadata-action's output `json`.
std::string to_json(const MetadataAnswer& answer);

}  // namespace pr_image::plan
