#pragma once

#include <map>
#include <string>

namespace pr_image::docker {

/// The variables of an environment by name; whoever calls hands in the process's own.
using Variables = std::map<std::string, std::string, std::less<>>;

}  // namespace pr_image::docker
