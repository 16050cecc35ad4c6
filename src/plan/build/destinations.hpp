#pragma once

#include "plan/build/cache_list.hpp"
#include "plan/build/output_list.hpp"
#include "text/error.hpp"

#include <vector>

namespace pr_image::plan {

/// Takes what one build writes; an Error says that something is written into a folder that `type=local`
/// fills. What is in there is the image's choice, and a link of it would lead the other result elsewhere.
Result<void> check_destinations(const std::vector<OutputEntry>& outputs,
                                const std::vector<CacheEntry>& caches);

}  // namespace pr_image::plan
