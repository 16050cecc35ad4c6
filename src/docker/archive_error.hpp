#pragma once

#include "text/error.hpp"

#include <string>
#include <string_view>

namespace pr_image::docker {

/// Gives the Error of an image archive that is not used; `why` is about "it" and "its" files.
std::unexpected<Error> refuse_archive(std::string why, std::string fix = {});

/// The same for one of its files that does not have the form that it is to have.
std::unexpected<Error> malformed_in_archive(std::string_view file);

}  // namespace pr_image::docker
