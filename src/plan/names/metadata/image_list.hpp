#pragma once

#include "text/error.hpp"
#include "text/reference.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan::metadata {

/// One image of input `images`.
struct ListedImage {
    ImageName name;
    std::string written;  ///< as the workflow writes it, in lower case: "acme/app" for docker.io/acme/app
    bool enabled = true;
};

/// Takes input `images`: names, several on one line, or name=,enable= on a line each. Errors show the line
/// and what is allowed: an unknown attribute, a name that no registry accepts, two names with one `enable`.
Result<std::vector<ListedImage>> parse_images(std::string_view input);

}  // namespace pr_image::plan::metadata
