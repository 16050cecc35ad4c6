#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <memory>

namespace pr_image::support {

/// Hands on what one socket receives to another until either has ended, and says so to the other.
template <typename From, typename To>
boost::asio::awaitable<void> copy_stream(std::shared_ptr<From> from, std::shared_ptr<To> to) {
    constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    std::array<char, 65536> bytes{};
    for (;;) {
        const auto [ended, size] = co_await from->async_read_some(boost::asio::buffer(bytes), token);
        if (ended) break;
        const auto [refused, written] =
            co_await boost::asio::async_write(*to, boost::asio::buffer(bytes.data(), size), token);
        if (refused) break;
    }
    boost::system::error_code ignored;
    to->shutdown(boost::asio::socket_base::shutdown_send, ignored);
}

}  // namespace pr_image::support
