#pragma once

#include "registry/client.hpp"
#include "registry/descriptor.hpp"
#include "registry/manifest.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace pr_image::registry {

/// An image in a registry, as far as it says of itself what it is.
struct ImageDescription {
    Digest digest;        ///< of what the reference names: the index where there is one
    Digest manifest;      ///< of the platform's own manifest
    Descriptor config;    ///< its digest is the image id that the engine shows
    ImageConfig content;  ///< platform and labels
};

/// Gives what a reference holds for `platform`; without a platform the only image there is. Nothing when the
/// reference does not exist or has no such platform. Attestations are passed over. Errors: those of
/// get_manifest and get_blob, and content that is no image.
boost::asio::awaitable<Outcome<std::optional<ImageDescription>>> describe_image(
    Client client, Reference reference, std::optional<Platform> platform);

}  // namespace pr_image::registry
