#include "support/buildkit_relay.hpp"

#include "support/copy_stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>

#include <string_view>
#include <thread>
#include <utility>

namespace pr_image::support {

namespace asio = boost::asio;
using Engine = asio::local::stream_protocol;
using asio::ip::tcp;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

namespace {

constexpr std::string_view kUpgrade =
    "POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n";

}  // namespace

struct BuildkitRelay::State {
    explicit State(std::string socket)
        : acceptor(loop, {asio::ip::address_v4::loopback(), 0}), engine_socket(std::move(socket)) {
        asio::co_spawn(loop, accept(), asio::detached);
        thread = std::jthread([this] { loop.run(); });
    }

    ~State() { loop.stop(); }

    asio::awaitable<void> accept() {
        for (;;) {
            auto client = std::make_shared<tcp::socket>(loop);
            const auto [failed] = co_await acceptor.async_accept(*client, kAsTuple);
            if (failed) co_return;
            asio::co_spawn(loop, serve(client), asio::detached);
        }
    }

    asio::awaitable<void> serve(std::shared_ptr<tcp::socket> client) {
        auto engine = std::make_shared<Engine::socket>(loop);
        const Engine::endpoint endpoint(engine_socket);
        const auto [refused] = co_await engine->async_connect(endpoint, kAsTuple);
        if (refused) co_return;
        const auto [unsent, sent] = co_await asio::async_write(*engine, asio::buffer(kUpgrade), kAsTuple);
        if (unsent) co_return;
        std::string head;
        auto into = asio::dynamic_buffer(head, 4096);
        const auto [unread, size] = co_await asio::async_read_until(*engine, into, "\r\n\r\n", kAsTuple);
        if (unread || !head.starts_with("HTTP/1.1 101 ")) co_return;
        // The server of HTTP/2 speaks first: what came with the head is the client's already.
        head.erase(0, size);
        const auto [ended, written] = co_await asio::async_write(*client, asio::buffer(head), kAsTuple);
        if (ended) co_return;
        asio::co_spawn(loop, copy_stream(client, engine), asio::detached);
        co_await copy_stream(engine, client);
    }

    asio::io_context loop{1};
    tcp::acceptor acceptor;
    std::string engine_socket;
    std::jthread thread;
};

BuildkitRelay::BuildkitRelay(const std::string& engine_socket)
    : state_(std::make_unique<State>(engine_socket)) {}

BuildkitRelay::~BuildkitRelay() = default;

std::uint16_t BuildkitRelay::port() const {
    return state_->acceptor.local_endpoint().port();
}

}  // namespace pr_image::support
