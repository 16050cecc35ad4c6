#include "http/resolve.hpp"

#include "async/notification.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>

#include <memory>
#include <utility>

namespace pr_image::http {

namespace {

namespace asio = boost::asio;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;

struct LookUp {
    explicit LookUp(const asio::any_io_executor& executor) : resolver(executor) {}

    asio::ip::tcp::resolver resolver;
    async::Notification done;
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
    look_up->resolver.async_resolve(host, std::to_string(port), asio::ip::tcp::resolver::numeric_service,
                                    [look_up](const boost::system::error_code& code,
                                              const asio::ip::tcp::resolver::results_type& results) {
                                        look_up->answered = true;
                                        look_up->code = code;
                                        for (const auto& result : results)
                                            look_up->endpoints.push_back(result.endpoint());
                                        look_up->done.notify();
                                    });
    const async::Woken woken = co_await look_up->done.wait_until(end, async::Earlier::ignored);
    if (look_up->answered && !look_up->code && !look_up->endpoints.empty()) {
        co_return std::move(look_up->endpoints);
    }
    if (!look_up->answered) {
        look_up->resolver.cancel();
        const boost::system::error_code code =
            woken == async::Woken::timed_out ? boost::system::error_code(boost::beast::error::timeout)
                                             : boost::system::error_code(asio::error::operation_aborted);
        co_return std::unexpected(failure_of(Step::resolve, code, host));
    }
    const boost::system::error_code code =
        look_up->code ? look_up->code : boost::system::error_code(asio::error::host_not_found);
    co_return std::unexpected(failure_of(Step::resolve, code, host));
}

}  // namespace pr_image::http
