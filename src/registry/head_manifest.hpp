#pragma once

#include "registry/client.hpp"
#include "registry/descriptor.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace pr_image::registry {

/// Gives what the registry holds under a reference (by digest where it has one, else by tag): media type,
/// digest and size, or nothing when there is no such manifest. A registry that does not say the digest is
/// asked for the manifest itself. Errors: a digest that is not the one asked for, and the registry's own.
/// `access` is what the caller will need in the end: one token then does for all of it. Rule: OCI
/// distribution spec, "Checking if content exists in the registry".
boost::asio::awaitable<Outcome<std::optional<Descriptor>>> head_manifest(Client client, Reference reference,
                                                                         Access access = Access::pull);

}  // namespace pr_image::registry
