#pragma once

#include "registry/client.hpp"
#include "text/digest.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

namespace pr_image::registry {

/// Deletes the manifest of that digest, and with it every tag that points to it; gives false when it was not
/// there. Errors: the registry does not allow deletion, or refuses. Rule: OCI distribution spec, "Deleting
/// manifests".
boost::asio::awaitable<Outcome<bool>> delete_manifest(Client client, ImageName name, Digest digest);

}  // namespace pr_image::registry
