#include "async/run_workers.hpp"

#include "async/sleep.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace pr_image::async {

namespace asio = boost::asio;

namespace {

using Work = std::function<asio::awaitable<Result<void>>(std::size_t)>;

struct Queue {
    std::size_t next = 0;
    std::size_t count = 0;
    Work work;
};

// A worker's end in a form that the group can store before it is there: Result<void> would say success.
asio::awaitable<std::optional<Error>> take_turns(Queue& queue) {
    while (queue.next < queue.count) {
        // Each time: the work that came before may have set it.
        co_await asio::this_coro::throw_if_cancelled(false);
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return Error{"Cancelled", "not all of it was begun", ""};
        Result<void> done = co_await queue.work(queue.next++);
        if (!done) co_return std::move(done).error();
    }
    co_return std::nullopt;
}

// What the group asks after each worker's end: whether the others shall go on.
struct OnFirstError {
    asio::cancellation_type_t operator()(const std::exception_ptr& thrown,
                                         const std::optional<Error>& error) const {
        return thrown || error ? asio::cancellation_type::all : asio::cancellation_type::none;
    }
};

// Where work may throw at a wait after its cancellation, as Asio's default is, that is its end.
asio::awaitable<Result<void>> without_result(asio::awaitable<void> task, bool may_throw) {
    co_await asio::this_coro::throw_if_cancelled(may_throw);
    try {
        co_await std::move(task);
    } catch (const boost::system::system_error& cancelled) {
        if (cancelled.code() != asio::error::operation_aborted)
            std::rethrow_exception(std::current_exception());
    }
    co_return Result<void>{};
}

}  // namespace

asio::awaitable<Result<void>> run_workers(std::size_t count, std::size_t at_once, Work work) {
    if (count == 0) co_return Result<void>{};
    Queue queue{.count = count, .work = std::move(work)};
    const auto executor = co_await asio::this_coro::executor;
    const auto start = [&] { return asio::co_spawn(executor, take_turns(queue), asio::deferred); };
    std::vector<decltype(start())> workers;
    const std::size_t needed = std::min(count, std::max<std::size_t>(at_once, 1));
    workers.reserve(needed);
    for (std::size_t i = 0; i < needed; ++i)
        workers.push_back(start());
    auto group = asio::experimental::make_parallel_group(std::move(workers));
    auto [order, thrown, errors] = co_await group.async_wait(OnFirstError{}, asio::use_awaitable);
    for (const std::size_t worker : order) {
        if (thrown[worker]) std::rethrow_exception(thrown[worker]);
        if (errors[worker]) co_return std::unexpected(*std::move(errors[worker]));
    }
    co_return Result<void>{};
}

asio::awaitable<void> run_workers(std::size_t count, std::size_t at_once,
                                  std::function<asio::awaitable<void>(std::size_t)> work) {
    Work each = [&work](std::size_t i) { return without_result(work(i), false); };
    co_await run_workers(count, at_once, std::move(each));
}

asio::awaitable<void> run_workers(std::vector<asio::awaitable<void>> tasks) {
    Work each = [&tasks](std::size_t i) { return without_result(std::move(tasks[i]), true); };
    const std::size_t count = tasks.size();
    co_await run_workers(count, count, std::move(each));
}

}  // namespace pr_image::async
