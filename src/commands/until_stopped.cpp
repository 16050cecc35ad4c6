#include "commands/until_stopped.hpp"

#include "async/alarm.hpp"
#include "text/duration.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <csignal>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

asio::awaitable<Ending> until_stopped(process::Interruption& interruption, std::chrono::seconds timeout,
                                      asio::awaitable<Result<void>> command) {
    using asio::experimental::awaitable_operators::operator||;
    Ending ending;
    async::Alarm alarm(co_await asio::this_coro::executor);
    if (timeout.count() > 0) {
        alarm.set(timeout, [&] {
            if (interruption.signal()) return;
            ending.timed_out = true;
            interruption.raise(SIGTERM);
        });
    }
    auto either = std::move(command) || interruption.settled();
    auto first = co_await std::move(either);
    alarm.cancel();
    if (ending.timed_out) {
        ending.result =
            text::fail("Timed out", fmt::format("the run took longer than {}", text::to_string(timeout)),
                       "Give it more time with input timeout, or leave that input out.");
    } else if (first.index() == 0) {
        ending.result = std::get<0>(std::move(first));
    } else {
        ending.result = text::fail("Cancelled", "a signal came before the end");
    }
    co_return ending;
}

}  // namespace pr_image::commands
