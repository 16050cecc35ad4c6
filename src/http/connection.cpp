#include "http/connection.hpp"

#include "http/resolve.hpp"
#include "text/base64.hpp"
#include "text/try.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t kHeaderPiece = 4096;

// Go's dialer gives each of several addresses its share of the time, but never less than this.
constexpr std::chrono::seconds kShortestTry{2};

Deadline::Clock::time_point share_of(Deadline::Clock::time_point end, std::size_t addresses_left) {
    const auto now = Deadline::Clock::now();
    const auto share = std::max<Deadline::Clock::duration>(
        (end - now) / static_cast<Deadline::Clock::rep>(addresses_left), kShortestTry);
    return std::min(end, now + share);
}

Failure unix_failure(const std::string& path, const boost::system::error_code& code) {
    Failure failure = failure_of(Step::connect, code, fmt::format("unix://{}", text::printable(path)));
    failure.error.fix.clear();
    return failure;
}

Failure tls_failure(SSL* ssl, const boost::system::error_code& code, const Route& route) {
    const long verified = SSL_get_verify_result(ssl);
    if (verified == X509_V_OK) return failure_of(Step::handshake, code, route.origin.origin());
    std::string fix = "If the host has a private CA, set SSL_CERT_FILE to its PEM certificate.";
    if (verified == X509_V_ERR_CERT_NOT_YET_VALID || verified == X509_V_ERR_CERT_HAS_EXPIRED) {
        const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
        fix = fmt::format(
            "Check this machine's clock, for which it is {:%Y-%m-%d %H:%M} UTC; if that is right, the "
            "host needs a new certificate.",
            fmt::gmtime(now));
    }
    return make_failure(
        FailureKind::tls, route.origin.origin(),
        fmt::format("its certificate is not trusted: {}", X509_verify_cert_error_string(verified)),
        std::move(fix));
}

// The certificate has to name this very host; OpenSSL checks addresses and names by different rules.
bool require_host(SSL* ssl, const std::string& host) {
    boost::system::error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
    if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1 &&
           SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

}  // namespace

std::string basic_credentials(std::string_view username, std::string_view password) {
    return "Basic " + text::base64_encode(fmt::format("{}:{}", username, password));
}

std::string Route::key() const {
    return fmt::format("{} {} {}", origin.origin(), proxy ? proxy->url.origin() : "", unix_socket);
}

asio::awaitable<Outcome<void>> Connection::connect(Route route, Timeouts timeouts, Deadline deadline) {
    const auto end = deadline.step(timeouts.connect);
    if (!route.unix_socket.empty()) {
        if (route.unix_socket.size() >= sizeof(sockaddr_un::sun_path)) {
            co_return std::unexpected(unix_failure(route.unix_socket, asio::error::name_too_long));
        }
        const asio::local::stream_protocol::endpoint path(route.unix_socket);
        const asio::generic::stream_protocol::endpoint endpoint(path);
        socket_.expires_at(end);
        const auto [code] = co_await socket_.async_connect(endpoint, kToken);
        if (code) co_return std::unexpected(unix_failure(route.unix_socket, code));
        co_return Outcome<void>{};
    }

    const Url& next = route.proxy ? route.proxy->url : route.origin;
    CO_TRY_ASSIGN(std::vector<asio::ip::tcp::endpoint> addresses,
                  co_await resolve(socket_.get_executor(), next.host(), next.port(), end));
    boost::system::error_code last = asio::error::host_not_found;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const asio::generic::stream_protocol::endpoint endpoint((addresses)[i]);
        socket_.expires_at(share_of(end, addresses.size() - i));
        const auto [code] = co_await socket_.async_connect(endpoint, kToken);
        if (!code) {
            boost::system::error_code ignored;
            socket_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
            co_return Outcome<void>{};
        }
        last = code;
        if (code == asio::error::operation_aborted || Deadline::Clock::now() >= end) break;
        socket_.socket().close(last);
        last = code;
    }
    co_return std::unexpected(failure_of(Step::connect, last, next.origin()));
}

asio::awaitable<Outcome<void>> Connection::tunnel(Route route, Timeouts timeouts, Deadline deadline) {
    const std::string target = route.origin.host().contains(':')
                                   ? fmt::format("[{}]:{}", route.origin.host(), route.origin.port())
                                   : fmt::format("{}:{}", route.origin.host(), route.origin.port());
    std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target);
    if (!route.proxy->username.empty()) {
        request += fmt::format("Proxy-Authorization: {}\r\n",
                               basic_credentials(route.proxy->username, route.proxy->password));
    }
    request += "\r\n";
    const boost::system::error_code write_code =
        co_await write(asio::buffer(request), {}, timeouts.connect, deadline);
    if (write_code) co_return std::unexpected(failure_of(Step::write, write_code, route.proxy->url.origin()));

    beast::http::response_parser<beast::http::empty_body> parser;
    parser.skip(true);
    while (!parser.is_header_done()) {
        const asio::mutable_buffer room = buffer_.prepare(kHeaderPiece);
        const auto [read_code, read] = co_await read_some(room);
        buffer_.commit(read);
        boost::system::error_code code = read_code;
        if (!code) buffer_.consume(parser.put(buffer_.data(), code));
        if (code && code != beast::http::error::need_more) {
            co_return std::unexpected(failure_of(Step::read, code, route.proxy->url.origin()));
        }
    }
    const unsigned int status = parser.get().result_int();
    if (status < 200 || status >= 300) {
        co_return std::unexpected(make_failure(
            FailureKind::proxy, route.origin.origin(),
            fmt::format("the proxy {} answered {} {}", route.proxy->url.origin(), status,
                        text::printable(parser.get().reason())),
            status == 407 ? "Put the proxy's user name and password into HTTPS_PROXY."
                          : "Check that the proxy may reach this host, or add the host to NO_PROXY."));
    }
    // What the proxy sent beyond its header could only be meant for somebody else.
    buffer_.consume(buffer_.size());
    co_return Outcome<void>{};
}

asio::awaitable<Outcome<void>> Connection::handshake(Route route, Timeouts timeouts, Deadline deadline,
                                                     std::shared_ptr<asio::ssl::context> context) {
    tls_.emplace(socket_, *context);
    SSL* ssl = tls_->native_handle();
    constexpr std::string_view http_1_1 = "\x08http/1.1";
    SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(http_1_1.data()),
                        static_cast<unsigned int>(http_1_1.size()));
    if (!require_host(ssl, route.origin.host())) {
        co_return std::unexpected(make_failure(FailureKind::tls, route.origin.origin(),
                                               "its name cannot be verified", "Check the host name."));
    }
    socket_.expires_at(deadline.step(timeouts.handshake));
    const auto [code] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kToken);
    if (code) co_return std::unexpected(tls_failure(ssl, code, route));
    co_return Outcome<void>{};
}

asio::awaitable<Outcome<void>> Connection::open(Route route, Timeouts timeouts, Deadline deadline,
                                                std::shared_ptr<asio::ssl::context> context) {
    Outcome<void> done = co_await connect(route, timeouts, deadline);
    if (done && route.origin.secure()) {
        if (route.proxy) done = co_await tunnel(route, timeouts, deadline);
        if (done) done = co_await handshake(route, timeouts, deadline, context);
    }
    socket_.expires_never();
    co_return done;
}

asio::awaitable<std::tuple<boost::system::error_code, std::size_t>> Connection::read_some(
    asio::mutable_buffer room) {
    if (tls_) co_return co_await tls_->async_read_some(room, kToken);
    co_return co_await socket_.async_read_some(room, kToken);
}

asio::awaitable<std::tuple<boost::system::error_code, std::size_t>> Connection::write_some(
    std::array<asio::const_buffer, 2> pieces) {
    if (tls_) co_return co_await tls_->async_write_some(pieces, kToken);
    co_return co_await socket_.async_write_some(pieces, kToken);
}

// Not asio::async_write: it gives the kernel 64 KiB at a time and knows no limit for a single step.
asio::awaitable<boost::system::error_code> Connection::write(asio::const_buffer first,
                                                             asio::const_buffer second,
                                                             std::chrono::milliseconds idle,
                                                             Deadline deadline) {
    std::array<asio::const_buffer, 2> pieces{first, second};
    while (asio::buffer_size(pieces) > 0) {
        socket_.expires_at(deadline.step(idle));
        const auto [code, written] = co_await write_some(pieces);
        if (code) co_return code;
        std::size_t left = written;
        for (asio::const_buffer& piece : pieces) {
            const std::size_t of_this = std::min(left, piece.size());
            piece += of_this;
            left -= of_this;
        }
    }
    co_return boost::system::error_code();
}

bool Connection::alive() {
    if (buffer_.size() > 0) return false;
    char byte = 0;
    const ssize_t got =
        ::recv(socket_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);  // NOLINT(*-vararg)
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace pr_image::http
