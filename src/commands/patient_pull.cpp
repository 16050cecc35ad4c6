#include "commands/patient_pull.hpp"

#include "async/sleep.hpp"
#include "docker/failure_cause.hpp"
#include "http/deadline.hpp"

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
    const http::Deadline deadline = http::Deadline::in(std::max(kLeastPatience, patience));
    for (int asked = 1;; ++asked) {
        Result<void> pulled = co_await engine.pull(image, credential);
        if (pulled) co_return pulled;
        const std::string& why = pulled.error().why;
        const docker::FailureCause cause = docker::failure_cause(why);
        if (cause == docker::FailureCause::lasting) co_return pulled;
        const std::optional<std::chrono::milliseconds> delay =
            async::retry_delay(kPolling, asked, docker::asked_wait(why), deadline.left());
        if (!delay) co_return pulled;
        log.line(fmt::format("The pull is tried again, because {}: {}", docker::describe(cause),
                             text::printable(why)));
        const bool slept = co_await async::sleep_for(*delay);
        if (!slept) co_return pulled;
    }
}

}  // namespace pr_image::commands
