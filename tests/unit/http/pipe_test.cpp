#include "http/pipe.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <span>
#include <string>

using namespace pr_image;

namespace asio = boost::asio;

namespace {

asio::awaitable<void> read_all(http::Pipe& pipe, std::string& content, std::string& error) {
    std::array<char, 7> buffer{};
    for (;;) {
        Result<std::size_t> size = co_await pipe.read(std::span(buffer));
        if (!size) error = size.error().why;
        if (!size || *size == 0) co_return;
        content.append(buffer.data(), *size);
    }
}

}  // namespace

TEST_CASE("what is written into a pipe comes out in its order, whatever the sizes") {
    asio::io_context loop;
    http::Pipe pipe;
    std::string sent;
    std::string received;
    std::string error;
    const auto writer = [&]() -> asio::awaitable<void> {
        for (int size = 0; size < 40; ++size) {
            const std::string piece(static_cast<std::size_t>(size), static_cast<char>('a' + size % 26));
            sent += piece;
            const Result<void> written = co_await pipe.write(piece);
            CHECK(written);
        }
        pipe.close();
    };
    asio::co_spawn(loop, writer(), asio::detached);
    asio::co_spawn(loop, read_all(pipe, received, error), asio::detached);
    loop.run();
    CHECK(received == sent);
    CHECK(error.empty());
}

TEST_CASE("a writer that gives up tells the reader why") {
    asio::io_context loop;
    http::Pipe pipe;
    std::string received;
    std::string error;
    asio::co_spawn(loop, read_all(pipe, received, error), asio::detached);
    loop.poll();
    pipe.close(Error{"What", "the digest is wrong", ""});
    loop.run();
    CHECK(error == "the digest is wrong");
}

TEST_CASE("a reader that stops tells the writer why") {
    asio::io_context loop;
    http::Pipe pipe;
    std::string why;
    const auto writer = [&]() -> asio::awaitable<void> {
        const Result<void> written = co_await pipe.write("a piece");
        if (!written) why = written.error().why;
    };
    asio::co_spawn(loop, writer(), asio::detached);
    loop.poll();
    pipe.close(Error{"What", "the engine refuses", ""});
    loop.run();
    CHECK(why == "the engine refuses");
}
