#pragma once

#include <string>
#include <string_view>

namespace pr_image::docker {

/// Takes an error of buildx, BuildKit or the engine; gives the tools' own words in lower case, without what
/// somebody else chose: quotations, URLs, and the reference behind "failed to push" and the like.
std::string own_words(std::string_view error);

}  // namespace pr_image::docker
