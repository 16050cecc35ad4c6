#pragma once

#include "text/error.hpp"

#include <cstdint>
#include <string>

namespace pr_image::process {

/// Takes a path on a disk and how many bytes are to be written there. An Error when the disk has no room for
/// them; a disk that does not tell is not refused.
Result<void> require_room(const std::string& path, std::uint64_t size);

/// Takes a path and the errno of a write to it; gives the Error, which says where room is to be made when the
/// disk is full.
std::unexpected<Error> write_failed(const std::string& path, int code);

}  // namespace pr_image::process
