#pragma once

#include "docker/engine.hpp"
#include "docker/image_archive.hpp"
#include "text/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace pr_image::docker {

/// Loads a proven image into the engine under no name, and gives the id that the engine knows it by: its
/// index's or manifest's digest in the containerd image store, its configuration's in the older ones. Names
/// are for the caller to give, by that id. At an Error no name has moved, and what the engine could not
/// unpack is removed again: the engine cannot be reached, refuses the image, finds that a layer is not what
/// the configuration says, or ends up with another image.
boost::asio::awaitable<Result<std::string>> load_image(Engine& engine, const VerifiedImage& image);

}  // namespace pr_image::docker
