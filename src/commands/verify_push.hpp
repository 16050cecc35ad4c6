#pragma once

#include "registry/client.hpp"
#include "text/digest.hpp"
#include "text/error.hpp"
#include "text/reference.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace pr_image::commands {

/// Takes the names that were just pushed, at least one, and the digest that the pusher says they have, where
/// it says one; asks every registry for each of them, side by side, and gives the digest that they all have.
/// What the registries answer is the truth. Errors: a name that a registry does not hold, or holds with
/// another digest: another build pushed it at the same moment, and later jobs would test its image.
boost::asio::awaitable<Result<Digest>> verify_push(registry::Client client, std::vector<Reference> names,
                                                   std::optional<Digest> pushed);

}  // namespace pr_image::commands
