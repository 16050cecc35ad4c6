#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace pr_image::fakes {

/// Runs one coroutine on `context` to its end and gives what it returned. (co_spawn alone wants results that
/// can be made from nothing, which ours cannot.)
template <typename T>
T run_coroutine(boost::asio::io_context& context, boost::asio::awaitable<T> coroutine) {
    std::optional<T> result;
    std::exception_ptr thrown;
    const auto keep = [](boost::asio::awaitable<T> inner,
                         std::optional<T>& kept) -> boost::asio::awaitable<void> {
        kept.emplace(co_await std::move(inner));
    };
    boost::asio::co_spawn(context, keep(std::move(coroutine), result), [&](std::exception_ptr error) {
        thrown = error;
        context.stop();
    });
    context.restart();
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(result).value();
}

}  // namespace pr_image::fakes
