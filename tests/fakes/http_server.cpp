#include "fakes/http_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace pr_image::fakes {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Unix = asio::local::stream_protocol;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

std::string bytes_of(const Reply& reply, bool with_body) {
    if (reply.raw) return *reply.raw;
    std::string text = fmt::format(
        "HTTP/1.1 {} {}\r\n", reply.status,
        std::string_view(beast::http::obsolete_reason(static_cast<beast::http::status>(reply.status))));
    bool has_length = reply.status == 204 || reply.status == 304;
    for (const auto& [name, value] : reply.headers) {
        text += fmt::format("{}: {}\r\n", name, value);
        has_length = has_length || name == "Content-Length" || name == "Transfer-Encoding";
    }
    if (!has_length) text += fmt::format("Content-Length: {}\r\n", reply.body.size());
    text += "\r\n";
    if (with_body) text += reply.body;
    return text;
}

asio::awaitable<void> relay(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to) {
    std::array<char, 16 * 1024> buffer{};
    while (true) {
        const auto [read_code, size] = co_await from->async_read_some(asio::buffer(buffer), kToken);
        if (read_code) break;
        const auto piece = asio::buffer(buffer.data(), size);
        const auto [write_code, written] = co_await asio::async_write(*to, piece, kToken);
        if (write_code) break;
    }
    boost::system::error_code ignored;
    to->shutdown(tcp::socket::shutdown_send, ignored);
}

}  // namespace

std::string Seen::header(std::string_view name) const {
    return std::string(headers.get(name).value_or(""));
}

struct HttpServer::State {
    State(Handler handle, ServerOptions with)
        : handler(std::move(handle)), options(std::move(with)), tls(asio::ssl::context::tls_server) {
        if (options.tls) {
            tls.use_certificate_chain(asio::buffer(options.tls->certificate));
            tls.use_private_key(asio::buffer(options.tls->key), asio::ssl::context::pem);
        }
        if (options.demand_client_certificate) {
            tls.add_certificate_authority(asio::buffer(options.client_ca));
            tls.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
        }
        if (options.unix_socket.empty()) {
            const tcp::endpoint endpoint(asio::ip::make_address_v4(options.address), options.port);
            tcp::acceptor acceptor(context, endpoint);
            port = acceptor.local_endpoint().port();
            asio::co_spawn(context, accept_tcp(std::move(acceptor)), asio::detached);
        } else {
            Unix::acceptor acceptor(context, Unix::endpoint(options.unix_socket));
            asio::co_spawn(context, accept_unix(std::move(acceptor)), asio::detached);
        }
        thread = std::thread([this] { context.run(); });
    }

    ~State() {
        context.stop();
        thread.join();
    }

    asio::awaitable<void> accept_tcp(tcp::acceptor acceptor) {
        while (true) {
            auto [code, socket] = co_await acceptor.async_accept(kToken);
            if (code) co_return;
            socket.set_option(tcp::no_delay(true));
            const std::size_t number = count();
            if (options.tls) {
                asio::co_spawn(context, serve_tls(std::move(socket), number), asio::detached);
            } else {
                auto shared = std::make_shared<tcp::socket>(std::move(socket));
                asio::co_spawn(context, serve_tcp(shared, number), asio::detached);
            }
        }
    }

    asio::awaitable<void> accept_unix(Unix::acceptor acceptor) {
        while (true) {
            auto [code, socket] = co_await acceptor.async_accept(kToken);
            if (code) co_return;
            auto shared = std::make_shared<Unix::socket>(std::move(socket));
            asio::co_spawn(context, serve_unix(shared, count()), asio::detached);
        }
    }

    asio::awaitable<void> serve_tls(tcp::socket socket, std::size_t number) {
        asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
        const auto [code] = co_await stream.async_handshake(asio::ssl::stream_base::server, kToken);
        if (!code) co_await serve(stream, number, nullptr);
    }

    asio::awaitable<void> serve_tcp(std::shared_ptr<tcp::socket> socket, std::size_t number) {
        co_await serve(*socket, number, socket);
    }

    asio::awaitable<void> serve_unix(std::shared_ptr<Unix::socket> socket, std::size_t number) {
        co_await serve(*socket, number, nullptr);
    }

    template <typename Stream>
    asio::awaitable<void> serve(Stream& stream, std::size_t number, std::shared_ptr<tcp::socket> plain) {
        beast::flat_buffer buffer;
        while (true) {
            beast::http::request_parser<beast::http::string_body> parser;
            parser.body_limit(std::numeric_limits<std::uint64_t>::max());
            const auto [head_code, head] =
                co_await beast::http::async_read_header(stream, buffer, parser, kToken);
            if (head_code) {
                // Go's clients take this answer to a TLS greeting, and no other, as "here is only HTTP".
                static constexpr std::string_view kBadRequest = "HTTP/1.0 400 Bad Request\r\n\r\n";
                const auto bytes = asio::buffer(kBadRequest);
                if (head_code != beast::http::error::end_of_stream) {
                    co_await asio::async_write(stream, bytes, kToken);
                }
                co_return;
            }
            Seen seen = seen_of(parser.get(), number);
            if (options.accept_body && !options.accept_body(seen)) {
                co_await beast::http::async_read_some(stream, buffer, parser, kToken);
                co_return;
            }
            const auto [read_code, read] = co_await beast::http::async_read(stream, buffer, parser, kToken);
            if (read_code) co_return;
            seen.body = std::move(parser.get().body());
            if (options.record) record(seen);
            if (seen.method == "CONNECT" && plain && options.tunnel_to) {
                co_await tunnel(plain);
                co_return;
            }
            const Reply reply = handler(seen);
            if (reply.hang) {
                asio::steady_timer never(context, asio::steady_timer::time_point::max());
                co_await never.async_wait(kToken);
            }
            for (bool ready = reply.delay.count() <= 0; !ready; ready = !reply.until || reply.until()) {
                asio::steady_timer pause(context, reply.delay);
                co_await pause.async_wait(kToken);
            }
            std::string bytes = bytes_of(reply, seen.method != "HEAD");
            if (reply.cut_after) bytes.resize(std::min(bytes.size(), *reply.cut_after));
            if (reply.cut_in_body && seen.method != "HEAD")
                bytes.resize(bytes.size() - (reply.body.size() + 1) / 2);
            const auto [write_code, written] =
                co_await asio::async_write(stream, asio::buffer(bytes), kToken);
            const bool ends = reply.raw || reply.close || reply.cut_after || reply.cut_in_body;
            if (write_code || ends) co_return;
        }
    }

    asio::awaitable<void> tunnel(std::shared_ptr<tcp::socket> client) {
        auto server = std::make_shared<tcp::socket>(context);
        const tcp::endpoint target(asio::ip::address_v4::loopback(), *options.tunnel_to);
        const auto [code] = co_await server->async_connect(target, kToken);
        if (code) co_return;
        const std::string established = "HTTP/1.1 200 Connection established\r\n\r\n";
        const auto [write_code, written] =
            co_await asio::async_write(*client, asio::buffer(established), kToken);
        if (write_code) co_return;
        asio::co_spawn(context, relay(server, client), asio::detached);
        co_await relay(client, server);
    }

    static Seen seen_of(const beast::http::request<beast::http::string_body>& request, std::size_t number) {
        Seen seen;
        seen.method = std::string(request.method_string());
        seen.target = std::string(request.target());
        for (const auto& field : request)
            seen.headers.add(std::string(field.name_string()), std::string(field.value()));
        seen.connection = number;
        return seen;
    }

    void record(const Seen& seen) {
        const std::lock_guard lock(mutex);
        requests.push_back(seen);
    }

    std::size_t count() {
        const std::lock_guard lock(mutex);
        return ++accepted;
    }

    Handler handler;
    ServerOptions options;
    asio::io_context context;
    asio::ssl::context tls;
    std::uint16_t port = 0;
    mutable std::mutex mutex;
    std::vector<Seen> requests;
    std::size_t accepted = 0;
    std::thread thread;
};

HttpServer::HttpServer(Handler handler, ServerOptions options)
    : state_(std::make_unique<State>(std::move(handler), std::move(options))) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
    return state_->port;
}

std::string HttpServer::authority() const {
    return fmt::format("{}:{}", state_->options.address, state_->port);
}

std::string HttpServer::url(std::string_view target) const {
    return fmt::format("{}://{}{}", state_->options.tls ? "https" : "http", authority(), target);
}

std::vector<Seen> HttpServer::requests() const {
    const std::lock_guard lock(state_->mutex);
    return state_->requests;
}

std::size_t HttpServer::connections() const {
    const std::lock_guard lock(state_->mutex);
    return state_->accepted;
}

}  // namespace pr_image::fakes
