#pragma once

#include "http/deadline.hpp"
#include "http/failure.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace pr_image::http {

/// Takes a host name or address and a port; gives its endpoints in the order to try them, never none.
/// Addresses and `localhost` need no name server (RFC 6761 section 6.3: it is always loopback). The wait ends
/// at `end` or when cancelled, though the system's resolver cannot be stopped and ends in its own time.
boost::asio::awaitable<Outcome<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(
    boost::asio::any_io_executor executor, std::string host, std::uint16_t port,
    Deadline::Clock::time_point end);

}  // namespace pr_image::http
