#pragma once

#include "fakes/test_ca.hpp"
#include "http/headers.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pr_image::fakes {

/// A request as it arrived.
struct Seen {
    std::string method;
    std::string target;
    http::Headers headers;
    std::string body;
    std::size_t connection = 0;  ///< counts from 1

    /// The first header of that name, or "".
    [[nodiscard]] std::string header(std::string_view name) const;
};

/// What goes back.
struct Reply {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::optional<std::string> raw{};   ///< these bytes instead of a well-formed response, then the end
    bool close = false;                 ///< end the connection after this response without having said so
    bool hang = false;                  ///< never answer
    std::chrono::milliseconds delay{};  ///< wait that long before answering
    std::function<bool()> until = {};   ///< and again, until this says yes
    std::optional<std::size_t> cut_after = {};  ///< end the connection after so many bytes of the answer
    bool cut_in_body = false;                   ///< end the connection in the middle of the answer's body
};

struct ServerOptions {
    std::optional<Identity> tls{};
    std::string address = "127.0.0.1";         ///< the IPv4 address to listen on
    std::uint16_t port = 0;                    ///< the port to listen on; 0: a free one
    std::string unix_socket{};                 ///< listen here instead of on TCP
    std::optional<std::uint16_t> tunnel_to{};  ///< CONNECT is answered by a tunnel to this loopback port
    bool demand_client_certificate = false;
    std::string client_ca{};  ///< PEM, for the above
    bool record = true;       ///< keep every request, with its body, for requests()

    /// Sees a request before its body; false ends the connection somewhere within the body.
    std::function<bool(const Seen& head)> accept_body{};
};

/// An HTTP/1.1 server in this process, on a free loopback port unless told otherwise. `handler` runs on the
/// server's own thread, one request at a time, and may take the request's body for itself; it must not use
/// Catch2's assertions.
class HttpServer {
  public:
    using Handler = std::function<Reply(Seen&)>;

    explicit HttpServer(Handler handler, ServerOptions options = {});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// `address:port`.
    [[nodiscard]] std::string authority() const;
    /// `http(s)://address:port` + `target`.
    [[nodiscard]] std::string url(std::string_view target = "/") const;

    /// Every request so far, in order.
    [[nodiscard]] std::vector<Seen> requests() const;
    /// How many connections were accepted so far.
    [[nodiscard]] std::size_t connections() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pr_image::fakes
