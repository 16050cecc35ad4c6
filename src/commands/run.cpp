#include "commands/run.hpp"

#include "actions/event_context.hpp"
#include "actions/inputs.hpp"
#include "actions/path_roots.hpp"
#include "actions/random.hpp"
#include "actions/summary.hpp"
#include "commands/build.hpp"
#include "commands/cleanup.hpp"
#include "commands/merge.hpp"
#include "commands/plan.hpp"
#include "commands/pull.hpp"
#include "commands/session.hpp"
#include "commands/until_stopped.hpp"
#include "plan/parse_inputs.hpp"
#include "plan/who/strategy.hpp"
#include "process/private_directory.hpp"
#include "text/try.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostConnections = 64;

/// Secrets are masked before anything is printed, and before anything could fail and quote them.
void mask_raw_inputs(const plan::InputMap& raw, actions::Log& log) {
    for (const std::string_view name : {"token", "password", "github-token"}) {
        const auto found = raw.find(name);
        if (found != raw.end()) log.mask(found->second);
    }
}

void mask_secrets(const plan::Inputs& inputs, const actions::Runtime& runtime, actions::Log& log) {
    for (const plan::RegistryLogin& login : inputs.credentials.logins)
        log.mask(login.password.reveal());
    for (const plan::BuildSecret& secret : inputs.build.secrets)
        log.mask(secret.value.reveal());
    log.mask(runtime.runtime_token.reveal());
    log.mask(runtime.id_token_bearer.reveal());
}

registry::ClientOptions registry_options(const plan::Event& event, const plan::Inputs& inputs,
                                         actions::Log& log) {
    std::vector<std::string> hosts{inputs.naming.registry, "ghcr.io"};
    for (const ImageName& image : inputs.naming.images)
        hosts.push_back(image.host());
    for (const plan::RegistryLogin& login : inputs.credentials.logins)
        hosts.push_back(login.host);
    if (inputs.handover.ref) hosts.push_back(inputs.handover.ref->name().host());
    registry::ClientOptions options;
    options.mask = [&log](std::string_view secret) { log.mask(secret); };
    for (const std::string& host : hosts) {
        const std::optional<plan::RegistryLogin> login = plan::login_for(host, event, inputs);
        if (login) options.credentials[host] = {login->username, login->password.reveal()};
    }
    return options;
}

asio::awaitable<Result<void>> carry_out(Session& session) {
    switch (session.inputs.command) {
        case plan::Command::build:
            co_return co_await build(session);
        case plan::Command::merge:
            co_return co_await merge(session);
        case plan::Command::pull:
            co_return co_await pull(session);
        case plan::Command::plan:
            co_return co_await plan_only(session);
        case plan::Command::cleanup:
            co_return co_await clean_up(session);
    }
    std::unreachable();
}

/// Everything from the raw environment to where a command can begin.
Result<Session> open_session(const actions::Environment& environment, const plan::InputMap& raw,
                             actions::Log& log, actions::CommandFile& outputs, asio::io_context& loop,
                             process::Interruption& interruption) {
    TRY_ASSIGN(plan::EventContext context, actions::read_event_context(environment));
    const process::WorkspaceOpener paths(actions::path_roots(environment, context.workspace));
    TRY_ASSIGN(plan::Inputs inputs, plan::parse_inputs(raw, environment.variables(), paths));
    actions::Runtime runtime = actions::read_runtime(environment);
    mask_secrets(inputs, runtime, log);
    process::remove_abandoned(runtime.temp_directory);
    TRY_ASSIGN(plan::Event event, plan::parse_event(context));
    TRY_ASSIGN(http::ClientOptions options, http::client_options_from_environment(environment.variables()));

    // Clean-up bounds its requests itself, by input concurrency.
    if (inputs.command == plan::Command::cleanup) options.connections_per_host = kMostConnections;
    const http::Client transport(loop.get_executor(), std::move(options));
    process::ignore_broken_pipes();
    TRY(interruption.listen());
    return Session{.environment = environment,
                   .log = log,
                   .outputs = outputs,
                   .interruption = interruption,
                   .http = transport,
                   .github = github::Api(
                       transport, {.url = runtime.api_url, .token = inputs.credentials.token.reveal()}),
                   .registries = registry::Client(transport, registry_options(event, inputs, log)),
                   .paths = paths,
                   .event = std::move(event),
                   .inputs = std::move(inputs),
                   .runtime = std::move(runtime)};
}

/// The loop runs until the command has ended.
Ending run_command(Session& session, asio::io_context& loop) {
    Ending ended;
    auto command = until_stopped(session.interruption, session.inputs.limits.timeout, carry_out(session));
    asio::co_spawn(loop, std::move(command), [&](const std::exception_ptr& thrown, Ending ending) {
        if (thrown) {
            // A bug of ours, not the user's: let it end the program where a debugger and a bug report find
            // it.
            std::rethrow_exception(thrown);
        }
        ended = std::move(ending);
        loop.stop();
    });
    loop.run();
    return ended;
}

/// The summary is where people look first; that it cannot be written is no second error. GitHub hides secrets
/// in it too, but the file is there before that.
void summarise_failure(const actions::Environment& environment, actions::Log& log, const Error& error) {
    actions::Summary summary;
    summary.heading(log.redacted(error.what));
    summary.code("text", log.redacted(error.why));
    if (!error.fix.empty()) summary.paragraph(log.redacted(error.fix));
    if (Result<void> written = summary.write(environment); !written)
        log.line(text::to_string(written.error()));
}

}  // namespace

int run(const actions::Environment& environment, actions::Log& log) {
    // Never destroyed: a name look-up cannot be interrupted, and its thread would be waited for with the run
    // long over.
    static asio::io_context& loop = *new asio::io_context(1);
    loop.restart();
    process::Interruption interruption(loop.get_executor());
    const plan::InputMap raw = actions::read_inputs(environment);
    mask_raw_inputs(raw, log);
    Ending ended;
    Result<actions::CommandFile> outputs =
        actions::CommandFile::outputs(environment, log, actions::system_token);
    if (!outputs) {
        ended.result = std::unexpected(outputs.error());
    } else if (Result<Session> session = open_session(environment, raw, log, *outputs, loop, interruption)) {
        ended = run_command(*session, loop);
    } else {
        ended.result = std::unexpected(session.error());
    }
    if (const std::optional<int> signal = interruption.signal(); signal && !ended.timed_out) {
        log.error(Error{"Cancelled", fmt::format("the run was ended by SIG{}", ::sigabbrev_np(*signal)), ""});
        return 128 + *signal;
    }
    if (ended.result) return 0;
    log.error(ended.result.error());
    summarise_failure(environment, log, ended.result.error());
    return 1;
}

}  // namespace pr_image::commands
