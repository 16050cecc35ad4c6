#pragma once

#include "fakes/http_server.hpp"

#include <cstdint>

namespace pr_image::fakes {

/// Hands a request on to a server on a loopback port and gives its answer, but for what RFC 9110 section
/// 7.6.1 keeps to one connection. A server that cannot be reached is 502.
Reply forward(const Seen& seen, std::uint16_t port);

}  // namespace pr_image::fakes
