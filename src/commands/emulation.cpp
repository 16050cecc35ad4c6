#include "commands/emulation.hpp"

#include "commands/patient_pull.hpp"
#include "commands/registries.hpp"
#include "docker/builder.hpp"
#include "docker/engine.hpp"
#include "plan/build/emulation.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
using text::fail;

namespace {

constexpr const char* kAdvice =
    "Check input qemu-image, which has to be tonistiigi/binfmt or take its arguments; or build each platform "
    "on a runner of its own (fan-out).";

asio::awaitable<Result<std::vector<std::string>>> lacking(Session& session, const plan::Plan& plan,
                                                          const Looks& looks,
                                                          std::vector<std::string> environment) {
    CO_TRY_ASSIGN(const std::vector<std::string> runs,
                  co_await docker::builder_platforms(*looks.buildx, std::move(environment), plan.builder.name,
                                                     &session.interruption));
    co_return plan::lacking_platforms(plan.platforms, runs);
}

asio::awaitable<Result<void>> install(Session& session, const plan::Plan& plan, docker::Engine& engine,
                                      const std::vector<std::string>& platforms) {
    const Reference pinned(plan.emulator->name(), *plan.emulator->digest());
    CO_TRY_ASSIGN(const std::optional<docker::LocalImage> there, co_await engine.inspect(pinned.string()));
    if (!there) {
        std::optional<docker::PullCredential> credential =
            pull_credential(session, plan.grants, pinned.name());
        Result<void> pulled = co_await pull_patiently(session.log, engine, pinned, std::move(credential));
        if (!pulled) co_return pulled;
    }
    const std::string names = text::join(plan::emulators_of(platforms), ",");
    std::vector<std::string> arguments{"--install", names};
    CO_TRY_ASSIGN(const docker::ContainerEnd end,
                  co_await engine.run_privileged(pinned.string(), std::move(arguments)));
    if (end.status != 0) {
        co_return fail("Emulation not installed",
                       fmt::format("{} --install {} ended with {}: {}", pinned.string(), names, end.status,
                                   text::printable(end.said, 400)),
                       kAdvice);
    }
    session.log.line(fmt::format("Emulation of {} installed by {}", names, pinned.string()));
    co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<void>> ensure_emulation(Session& session, const plan::Plan& plan, Looks& looks,
                                               std::vector<std::string> environment) {
    if (!plan.emulator || !looks.engine) co_return Result<void>();
    CO_TRY_ASSIGN(const std::vector<std::string> before, co_await lacking(session, plan, looks, environment));
    if (before.empty()) co_return Result<void>();
    Result<void> installed = co_await install(session, plan, *looks.engine, before);
    if (!installed) co_return installed;
    CO_TRY_ASSIGN(const std::vector<std::string> after, co_await lacking(session, plan, looks, environment));
    if (!after.empty()) {
        co_return fail("Emulation not installed",
                       fmt::format("{} ran, and the builder {} still does not run {}",
                                   plan.emulator->string(), plan.builder.name, text::join(after, ", ")),
                       kAdvice);
    }
    co_return Result<void>();
}

}  // namespace pr_image::commands
