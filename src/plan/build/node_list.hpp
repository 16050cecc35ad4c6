#pragma once

#include "plan/build/driver_options.hpp"
#include "text/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pr_image::plan {

/// One BuildKit of a builder that has several.
struct BuilderNode {
    std::vector<std::string> platforms;  ///< what is built there; never empty
    std::string endpoint;                ///< empty: where the driver starts it by itself
    std::vector<DriverOption> driver_opts;
};

/// Takes input `nodes`: one line each of `platform=…`, `endpoint=…`, `driver-opts=…`, the first and the last
/// of which may be there several times, or be one quoted field with commas. An Error shows the line and what
/// is allowed. Rule: `docker buildx create --append`.
Result<std::vector<BuilderNode>> parse_nodes(std::string_view text);

/// True for `os/architecture` and `os/architecture/variant`.
bool is_platform(std::string_view text);

}  // namespace pr_image::plan
