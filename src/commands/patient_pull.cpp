#include "commands/patient_pull.hpp"

#include "docker/failure_cause.hpp"
#include "plan/handover/pull.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLeastPatience{30};

}  // namespace

asio::awaitable<Result<void>> pull_patiently(actions::Log& log, docker::Engine& engine, Reference image,
                                             std::optional<docker::PullCredential> credential,
                                             std::chrono::seconds patience) {
    const auto end = std::chrono::steady_clock::now() + std::max(kLeastPatience, patience);
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (unsigned int asked = 1;; ++asked) {
        Result<void> pulled = co_await engine.pull(image, credential);
        if (pulled) co_return pulled;
        const std::string& why = pulled.error().why;
        const docker::FailureCause cause = docker::failure_cause(why);
        if (cause == docker::FailureCause::lasting) co_return pulled;
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        const std::optional<std::chrono::milliseconds> delay =
            plan::poll_delay(asked, left, docker::asked_wait(why));
        if (!delay) co_return pulled;
        log.line(fmt::format("The pull is tried again, because {}: {}", docker::describe(cause),
                             text::printable(why)));
        pause.expires_after(*delay);
        constexpr auto token = asio::as_tuple(asio::use_awaitable);
        const auto [cancelled] = co_await pause.async_wait(token);
        if (cancelled) co_return pulled;
    }
}

}  // namespace pr_image::commands
