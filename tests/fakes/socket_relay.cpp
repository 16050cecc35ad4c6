#include "fakes/socket_relay.hpp"

#include "support/copy_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <set>
#include <thread>

namespace pr_image::fakes {

namespace asio = boost::asio;
using Stream = asio::local::stream_protocol;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

struct SocketRelay::State {
    using Socket = std::shared_ptr<Stream::socket>;

    State(const std::string& path, const std::string& server)
        : acceptor(loop, Stream::endpoint(path)), upstream(server) {
        asio::co_spawn(loop, accept(), asio::detached);
        thread = std::jthread([this] { loop.run(); });
    }

    ~State() { loop.stop(); }

    asio::awaitable<void> accept() {
        for (;;) {
            auto client = std::make_shared<Stream::socket>(loop);
            const auto [failed] = co_await acceptor.async_accept(*client, kAsTuple);
            if (failed) co_return;
            auto server = std::make_shared<Stream::socket>(loop);
            const auto [refused] = co_await server->async_connect(Stream::endpoint(upstream), kAsTuple);
            if (refused) continue;
            open.insert(client);
            open.insert(server);
            asio::co_spawn(loop, copy(client, server), asio::detached);
            asio::co_spawn(loop, copy(server, client), asio::detached);
        }
    }

    asio::awaitable<void> copy(Socket from, Socket to) {
        co_await support::copy_stream(from, to);
        open.erase(from);
    }

    asio::io_context loop{1};
    Stream::acceptor acceptor;
    std::string upstream;
    std::set<Socket> open;
    std::jthread thread;
};

SocketRelay::SocketRelay(const std::string& path, const std::string& server)
    : state_(std::make_unique<State>(path, server)) {}

SocketRelay::~SocketRelay() = default;

void SocketRelay::restart() {
    asio::post(state_->loop, [this] {
        for (const State::Socket& socket : state_->open) {
            boost::system::error_code ignored;
            socket->close(ignored);
        }
        state_->open.clear();
    });
}

}  // namespace pr_image::fakes
