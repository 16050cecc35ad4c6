#include "http/cancellation.hpp"

#include <boost/asio/this_coro.hpp>

namespace pr_image::http {

boost::asio::awaitable<bool> is_cancelled() {
    const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
    co_return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace pr_image::http
