#pragma once

#include "registry/client.hpp"
#include "text/digest.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace pr_image::registry {

/// Puts a manifest's bytes under a reference (its tag where it has one, else its digest) and gives their
/// digest. Errors: the registry does not know a blob that the manifest names, or refuses. Rule: OCI
/// distribution spec, "Pushing manifests".
boost::asio::awaitable<Outcome<Digest>> put_manifest(Client client, Reference reference,
                                                     std::string media_type, std::string bytes);

}  // namespace pr_image::registry
