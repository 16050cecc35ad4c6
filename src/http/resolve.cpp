#include "http/resolve.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>

#include <memory>
#include <utility>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;

struct LookUp {
    explicit LookUp(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}

    asio::ip::tcp::resolver resolver;
    asio::steady_timer done;  ///< cancelled when the answer is there
    bool answered = false;
    boost::system::error_code code;
    Endpoints endpoints;
};

}  // namespace

asio::awaitable<Outcome<Endpoints>> resolve(asio::any_io_executor executor, std::string host,
                                            std::uint16_t port, Deadline::Clock::time_point end) {
    boost::system::error_code not_an_address;
    const asio::ip::address address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return Endpoints{asio::ip::tcp::endpoint(address, port)};
    if (host == "localhost") {
        co_return Endpoints{asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port),
                            asio::ip::tcp::endpoint(asio::ip::address_v6::loopback(), port)};
    }

    // The look-up outlives a deadline or a cancellation, so it may own nothing of this coroutine's frame.
    auto look_up = std::make_shared<LookUp>(executor);
    look_up->done.expires_at(end);
    look_up->resolver.async_resolve(host, std::to_string(port), asio::ip::tcp::resolver::numeric_service,
                                    [look_up](const boost::system::error_code& code,
                                              const asio::ip::tcp::resolver::results_type& results) {
                                        look_up->answered = true;
                                        look_up->code = code;
                                        for (const auto& result : results)
                                            look_up->endpoints.push_back(result.endpoint());
                                        look_up->done.cancel();
                                    });
    constexpr auto token = asio::as_tuple(asio::use_awaitable);
    const auto [waited] = co_await look_up->done.async_wait(token);
    if (look_up->answered && !look_up->code && !look_up->endpoints.empty()) {
        co_return std::move(look_up->endpoints);
    }
    if (!look_up->answered) {
        look_up->resolver.cancel();
        const boost::system::error_code code = waited
                                                   ? boost::system::error_code(asio::error::operation_aborted)
                                                   : boost::system::error_code(boost::beast::error::timeout);
        co_return std::unexpected(failure_of(Step::resolve, code, host));
    }
    const boost::system::error_code code =
        look_up->code ? look_up->code : boost::system::error_code(asio::error::host_not_found);
    co_return std::unexpected(failure_of(Step::resolve, code, host));
}

}  // namespace pr_image::http
