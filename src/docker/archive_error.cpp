#include "docker/archive_error.hpp"

#include <fmt/format.h>

#include <utility>

namespace pr_image::docker {

std::unexpected<Error> refuse_archive(std::string why, std::string fix) {
    return text::fail("Image archive refused", std::move(why), std::move(fix));
}

std::unexpected<Error> malformed_in_archive(std::string_view file) {
    return refuse_archive(fmt::format("its {} is malformed", file));
}

}  // namespace pr_image::docker
