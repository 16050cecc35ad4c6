#pragma once

#include "http/deadline.hpp"
#include "http/failure.hpp"
#include "http/message.hpp"
#include "http/proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace pr_image::http {

/// How to get to an origin: directly, through a proxy, or over a Unix socket.
struct Route {
    Url origin;  ///< only scheme, host and port matter
    std::optional<ProxyUrl> proxy;
    std::string unix_socket;  ///< absolute path; empty: TCP

    /// Connections of equal keys are interchangeable.
    [[nodiscard]] std::string key() const;
};

/// One connection, plain or TLS, TCP or Unix: the generic socket makes these one type to compile, and
/// reading and writing through it keeps Beast's composed operations, which are slow to compile, out of
/// whoever parses messages.
class Connection {
  public:
    using Socket =
        boost::beast::basic_stream<boost::asio::generic::stream_protocol, boost::asio::any_io_executor>;
    using Tls = boost::asio::ssl::stream<Socket&>;

    explicit Connection(const boost::asio::any_io_executor& executor) : socket_(executor) {}

    /// Opens the connection along `route`: name look-up, each address in turn, CONNECT where an https origin
    /// is behind a proxy, TLS with SNI and host name verification. `context` is needed for https only.
    boost::asio::awaitable<Outcome<void>> open(Route route, Timeouts timeouts, Deadline deadline,
                                               std::shared_ptr<boost::asio::ssl::context> context);

    /// Says whether an idle connection looks alive: not closed by the other side, nothing unasked to read.
    [[nodiscard]] bool alive();

    /// Reads at least one byte; gives how many. Its time limit is socket().expires_at().
    boost::asio::awaitable<std::tuple<boost::system::error_code, std::size_t>> read_some(
        boost::asio::mutable_buffer room);

    /// Writes all of both pieces, each of which may be empty. `idle` is how long it may take until something
    /// moves, however long it takes for all.
    boost::asio::awaitable<boost::system::error_code> write(boost::asio::const_buffer first,
                                                            boost::asio::const_buffer second,
                                                            std::chrono::milliseconds idle,
                                                            Deadline deadline);

    [[nodiscard]] Socket& socket() { return socket_; }
    [[nodiscard]] boost::beast::flat_buffer& buffer() { return buffer_; }

  private:
    boost::asio::awaitable<Outcome<void>> connect(Route route, Timeouts timeouts, Deadline deadline);
    boost::asio::awaitable<Outcome<void>> tunnel(Route route, Timeouts timeouts, Deadline deadline);
    boost::asio::awaitable<Outcome<void>> handshake(Route route, Timeouts timeouts, Deadline deadline,
                                                    std::shared_ptr<boost::asio::ssl::context> context);
    boost::asio::awaitable<std::tuple<boost::system::error_code, std::size_t>> write_some(
        std::array<boost::asio::const_buffer, 2> pieces);

    Socket socket_;
    std::optional<Tls> tls_;
    boost::beast::flat_buffer buffer_;
};

/// Takes user name and password; gives the value of an Authorization header (RFC 7617).
std::string basic_credentials(std::string_view username, std::string_view password);

}  // namespace pr_image::http
