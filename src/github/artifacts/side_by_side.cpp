#include "github/artifacts/side_by_side.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace pr_image::github::artifacts {

namespace asio = boost::asio;

namespace {

// What the group asks after each worker's end: whether the others shall go on.
struct OnFirstError {
    asio::cancellation_type_t operator()(const std::exception_ptr& thrown,
                                         const std::optional<Error>& error) const {
        return thrown || error ? asio::cancellation_type::all : asio::cancellation_type::none;
    }
};

// A worker's end in a form that the group can store before it is there: Result<void> would say success.
asio::awaitable<std::optional<Error>> outcome_of(asio::awaitable<Result<void>> worker) {
    Result<void> ended = co_await std::move(worker);
    if (ended) co_return std::nullopt;
    co_return std::move(ended).error();
}

}  // namespace

asio::awaitable<Result<void>> side_by_side(std::size_t count,
                                           std::function<asio::awaitable<Result<void>>()> make_worker) {
    const auto executor = co_await asio::this_coro::executor;
    const auto start = [&] { return asio::co_spawn(executor, outcome_of(make_worker()), asio::deferred); };
    std::vector<decltype(start())> workers;
    workers.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        workers.push_back(start());
    auto group = asio::experimental::make_parallel_group(std::move(workers));
    auto [order, thrown, errors] = co_await group.async_wait(OnFirstError{}, asio::use_awaitable);
    for (const std::size_t worker : order) {
        if (thrown[worker]) std::rethrow_exception(thrown[worker]);
        if (errors[worker]) co_return std::unexpected(*std::move(errors[worker]));
    }
    co_return Result<void>{};
}

}  // namespace pr_image::github::artifacts
