#include "commands/solve.hpp"

#include "actions/command_file.hpp"
#include "actions/random.hpp"
#include "actions/runtime.hpp"
#include "async/retry_policy.hpp"
#include "async/sleep.hpp"
#include "commands/after.hpp"
#include "commands/emulation.hpp"
#include "commands/verify_push.hpp"
#include "docker/builder.hpp"
#include "docker/retry.hpp"
#include "plan/decide.hpp"
#include "text/try.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

/// How buildx is started in this run.
struct Stage {
    docker::BuildxFolders folders;
    std::vector<std::string> environment;
};

Stage stage_for(const Session& session, const plan::Plan& plan, const process::PrivateDirectory& directory) {
    const docker::Variables& variables = session.environment.variables();
    Stage stage{.folders = {.config = directory.path(),
                            .temporary = directory.path(),
                            .builders = docker::builders_for(plan.builder, variables, directory.path())},
                .environment = {}};
    const docker::BuildxGrants grants{.ssh_agent = !plan.build.ssh.empty(),
                                      .variables = plan.cache_service
                                                       ? actions::cache_service_environment(session.runtime)
                                                       : std::vector<std::string>()};
    stage.environment = docker::buildx_environment(variables, stage.folders, grants);
    return stage;
}

/// Before the builder is made: a run that is killed in the middle has a post step too.
Result<void> note_builder(const Session& session, const plan::Plan& plan) {
    const bool ours = plan.builder.driver == plan::Driver::docker_container && !plan.builder.existing;
    if (!ours || !session.inputs.builder.remove) return {};
    TRY_ASSIGN(actions::CommandFile state,
               actions::CommandFile::state(session.environment, session.log, actions::system_token));
    return state.set(kBuilderState, builder_state(plan.builder));
}

/// One run of buildx, shown as it comes.
asio::awaitable<Result<docker::BuildResult>> attempt(Session& session, const plan::Plan& plan, Looks& looks,
                                                     const Stage& stage, const docker::BuildFiles& files) {
    CO_TRY(co_await docker::ensure_builder(plan.builder, *looks.buildx, stage.environment,
                                           stage.folders.builders, &session.interruption));
    CO_TRY(co_await ensure_emulation(session, plan, looks, stage.environment));

    // What an earlier attempt has written is not this one's.
    std::error_code ignored;
    std::filesystem::remove(files.metadata, ignored);
    docker::BuildCommand command{.argv = looks.buildx->program,
                                 .environment = stage.environment,
                                 .directory = session.event.workspace,
                                 .metadata_file = files.metadata,
                                 .time_limit = session.inputs.limits.retry.attempt_timeout};
    for (std::string& argument : docker::build_arguments(plan, files))
        command.argv.push_back(std::move(argument));

    const actions::Log::Group group(session.log, "Build");
    actions::Log::Untrusted shown(session.log);
    docker::LineSink sink = [&shown](std::string_view line) { shown.line(line); };
    co_return co_await docker::run_build(std::move(command), std::move(sink), &session.interruption);
}

/// Makes a build that failed of its cache alone a success, where the push was all that it was for, and the
/// registry confirms what buildx said it had pushed.
asio::awaitable<bool> keep_pushed(Session& session, const plan::Plan& plan, docker::BuildResult& result) {
    const bool only_pushes =
        plan.outputs.registry && !plan.outputs.load && plan.outputs.tar.empty() && plan.outputs.given.empty();
    if (!only_pushes || result.failure->kind != docker::FailureKind::cache_export) co_return false;
    std::vector<std::string> names;
    names.reserve(plan.tags.size());
    for (const Reference& tag : plan.tags) {
        if (!result.pushed.contains(tag.string())) co_return false;
        names.push_back(tag.string());
    }
    const Result<Digest> said = Digest::parse(result.pushed.at(names.front()));
    if (!said) co_return false;
    const Result<Digest> held = co_await verify_push(session.registries, plan.tags, *said);
    if (!held) co_return false;

    result.metadata = docker::pushed_metadata(*held, names);
    result.unwritten_caches.push_back(fmt::format(
        "{}. The image was pushed before that, and the registry holds it.", result.failure->reason));
    result.exit = {};
    result.failure.reset();
    co_return true;
}

/// Waits; gives false when a signal came instead.
asio::awaitable<bool> pause(Session& session, std::chrono::milliseconds duration) {
    using asio::experimental::awaitable_operators::operator||;
    if (session.interruption.signal()) co_return false;
    auto either = async::sleep_for(duration) || session.interruption.wait();
    const auto first = co_await std::move(either);
    co_return first.index() == 0 && std::get<0>(first);
}

void tell_attempts(docker::BuildFailure& failure, const docker::Tried& tried) {
    if (tried.attempts < 2) return;
    failure.reason += fmt::format(" (after {} attempts)", tried.attempts);
}

}  // namespace

asio::awaitable<Result<docker::BuildResult>> solve(Session& session, plan::Plan plan, Looks& looks,
                                                   const process::PrivateDirectory& directory,
                                                   const docker::BuildFiles& files) {
    CO_TRY(note_builder(session, plan));
    docker::Tried tried;
    for (;;) {
        const Stage stage = stage_for(session, plan, directory);
        Result<docker::BuildResult> result = co_await attempt(session, plan, looks, stage, files);
        if (!result || result->exit.ok()) co_return result;
        const bool kept = co_await keep_pushed(session, plan, *result);
        if (kept) co_return result;

        const std::optional<docker::Retry> retry = docker::decide_retry(
            *result->failure, plan, tried, session.inputs.limits.retry, async::random_fraction());
        bool again = retry.has_value();
        if (again) {
            session.log.warning({retry->title, retry->message, {}, {}});
            again = co_await pause(session, retry->wait);
        }
        if (!again) {
            tell_attempts(*result->failure, tried);
            co_return result;
        }
        if (retry->renew_builder) {
            // That it cannot be removed is no reason to stop: it may be gone altogether.
            const Result<void> removed = co_await docker::remove_builder(
                plan.builder.name, *looks.buildx, stage.environment, &session.interruption);
            if (!removed) session.log.line(text::to_string(removed.error()));
            tried.builder_renewed = true;
        }
        if (retry->without.any()) {
            plan = plan::without_caches(std::move(plan), retry->without);
        } else {
            ++tried.attempts;
        }
    }
}

}  // namespace pr_image::commands
