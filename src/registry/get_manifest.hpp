#pragma once

#include "registry/client.hpp"
#include "registry/descriptor.hpp"
#include "registry/manifest.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace pr_image::registry {

/// Gives the manifest or index under a reference (by digest where it has one, else by tag), or nothing when
/// there is none. At most kLargestManifest bytes. Errors: content that does not have the digest that was
/// asked for or announced, and the registry's own. Rule: OCI distribution spec, "Pulling manifests".
boost::asio::awaitable<Outcome<std::optional<RawManifest>>> get_manifest(Client client, Reference reference);

/// Gives a blob's bytes, at most `limit` and exactly `blob.size` of them. Errors: no such blob, content that
/// is not the one of the digest, a blob larger than the limit. Rule: OCI distribution spec, "Pulling blobs".
boost::asio::awaitable<Outcome<std::string>> get_blob(Client client, ImageName name, Descriptor blob,
                                                      std::size_t limit);

/// Gives `manifests/<digest or tag>`.
std::string manifest_path(const Reference& reference);

}  // namespace pr_image::registry
