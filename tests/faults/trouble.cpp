#include "faults/trouble.hpp"

#include "fakes/http_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <netdb.h>
#include <thread>

namespace pr_image::faults {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using fakes::Fault;
using Kind = Fault::Kind;

constexpr std::uint16_t kNobody = 1;  ///< tcpmux: nobody listens there

/// A server of these names that somebody else has signed.
std::uint16_t stranger() {
    static const fakes::TestCa other;
    static fakes::HttpServer& server =
        *new fakes::HttpServer([](const fakes::Seen&) { return fakes::Reply{}; },
                               {.tls = other.issue({"registry.test", "results.test", "api.test"})});
    return server.port();
}

/// Ends every connection as soon as it is there.
struct Doorkeeper {
    Doorkeeper() : acceptor(context, {asio::ip::address_v4::loopback(), 0}) {
        asio::co_spawn(context, turn_away(), asio::detached);
        std::thread([this] { context.run(); }).detach();
    }
    asio::awaitable<void> turn_away() {
        for (;;)
            co_await acceptor.async_accept(asio::use_awaitable);
    }
    asio::io_context context;
    tcp::acceptor acceptor;
};

std::uint16_t doorkeeper() {
    static Doorkeeper& server = *new Doorkeeper;
    return server.acceptor.local_endpoint().port();
}

/// A server that goes away in the middle of a request, and what stands in its place after that.
Trouble away(std::string name, Family family, names::Trouble after) {
    return {std::move(name), family, {.kind = Kind::lost_request}, after};
}

Trouble status(int code, Family family, std::string retry_after = {}) {
    return {"status " + std::to_string(code),
            family,
            {.status = code,
             .retry_after = std::move(retry_after),
             .body = R"({"errors":[{"code":"FAULT","message":"as told"}],"message":"as told"})"},
            {}};
}

}  // namespace

const std::vector<Trouble>& troubles() {
    static const std::vector<Trouble> kAll{
        away("connection refused", Family::gone, {.port = kNobody}),
        away("no such name", Family::gone, {.error = EAI_NONAME}),
        away("name service without an answer", Family::gone, {.error = EAI_AGAIN}),
        away("cut in the TLS handshake", Family::gone, {.port = doorkeeper()}),
        away("a stranger's certificate", Family::untrusted, {.port = stranger()}),
        {"cut before the answer", Family::unheard, {.kind = Kind::lost_answer}, {}},
        {"cut in the headers", Family::unheard, {.kind = Kind::cut_answer, .bytes = 20}, {}},
        {"cut in the body", Family::cut_body, {.kind = Kind::cut_body}, {}},
        {"no answer", Family::silence, {.kind = Kind::hang}, {}},
        status(408, Family::passing),
        status(429, Family::limited, "2"),
        status(500, Family::passing),
        status(502, Family::passing),
        status(503, Family::passing, "3"),
        status(504, Family::passing),
        {"not HTTP", Family::passing, {.kind = Kind::garbage}, {}},
        {"wrong Content-Length", Family::wrong_length, {.kind = Kind::wrong_length}, {}},
        {"wrong JSON",
         Family::wrong_body,
         {.kind = Kind::wrong_body, .body = R"({"not":["what","was","asked","for"]})"},
         {}},
        status(401, Family::unauthorized),
        status(403, Family::forbidden)};
    return kAll;
}

const fakes::TestCa& authority() {
    static const fakes::TestCa& ca = *new fakes::TestCa;
    return ca;
}

const fakes::Identity& identity() {
    static const fakes::Identity& all =
        *new fakes::Identity(authority().issue({"registry.test", "results.test", "api.test"}));
    return all;
}

}  // namespace pr_image::faults
