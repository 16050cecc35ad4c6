#pragma once

#include "http/failure.hpp"
#include "http/message.hpp"
#include "http/proxy.hpp"
#include "http/tls.hpp"
#include "text/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace pr_image::http {

/// How a Client reaches the world.
struct ClientOptions {
    TlsOptions tls{};
    ProxyConfig proxy{};
    std::string unix_socket{};             ///< every request goes here, whatever its host; empty: TCP
    std::size_t connections_per_host = 8;  ///< more requests at once wait for their turn
};

/// Takes the environment; gives options with its proxies and CA certificates. Errors: an unusable proxy
/// variable.
Result<ClientOptions> client_options_from_environment(const Environment& environment);

/// An HTTP/1.1 client (RFC 9110, 9112): kept connections, verified TLS, proxies, redirects, bounded memory.
/// One thread: everything runs on the executor it was given. Copies share the connections.
///
/// A coroutine that calls it does not see exceptions for cancellation any more (`throw_if_cancelled(false)`):
/// the step that was cancelled gives FailureKind::cancelled.
class Client {
  public:
    Client(boost::asio::any_io_executor executor, ClientOptions options);

    /// Sends the request and gives the response, whatever its status. Follows redirects as follow_redirect()
    /// says: what changes something stays on its origin, and nothing that says who asks goes to another one,
    /// nor back from there. An idempotent request on a kept connection that turns out dead is sent once more
    /// on a new one.
    boost::asio::awaitable<Outcome<Response>> exchange(Request request);

    /// As exchange(), for callers to whom every failure is the same.
    boost::asio::awaitable<Result<Response>> send(Request request);

    /// What the clock of the server that answered last said; nothing before there is an answer that says it.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> server_time() const;

    [[nodiscard]] const boost::asio::any_io_executor& executor() const;

  private:
    boost::asio::awaitable<Outcome<Response>> follow_redirects(Request request);

    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace pr_image::http
