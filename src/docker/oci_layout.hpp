#pragma once

#include "text/error.hpp"

#include <string>

namespace pr_image::docker {

/// Takes an image's tar, which ImageTarCheck has passed, and an empty folder; writes the tar's OCI layout
/// into it, so that a build context `oci-layout://` can read it. Errors: the tar cannot be read or is no OCI
/// layout (docker before 25 wrote such ones), the disk is full.
Result<void> unpack_oci_layout(const std::string& tar, const std::string& folder);

}  // namespace pr_image::docker
