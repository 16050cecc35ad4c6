#pragma once

#include "registry/client.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace pr_image::registry {

/// What a registry says to a push.
enum class PushAccess { accepted, denied, unauthorized, unreachable };

struct PushCheck {
    PushAccess access = PushAccess::unreachable;
    std::string why;  ///< the registry's own words or what kept us from it, printable; empty when accepted
};

/// Asks whether the client's credential may push to `name`, by starting a blob upload and cancelling it at
/// once; nothing is left behind. An unreachable registry is an answer, not an error. Rule: OCI distribution
/// spec, "Pushing blobs"; the idea is go-containerregistry's remote.CheckPushPermission.
boost::asio::awaitable<PushCheck> check_push(Client client, ImageName name);

}  // namespace pr_image::registry
