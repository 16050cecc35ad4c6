#pragma once

#include "http/message.hpp"
#include "text/error.hpp"

#include <string>

namespace pr_image::http {

/// Takes a file's path; gives a request body that reads it, in bounded memory. The file is opened now and
/// closed with the last copy of the Source. Errors: it is no regular file, cannot be opened or read, or
/// becomes shorter meanwhile.
text::Result<Source> file_source(const std::string& path);

}  // namespace pr_image::http
