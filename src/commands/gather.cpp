#include "commands/gather.hpp"

#include "actions/runtime.hpp"
#include "async/run_workers.hpp"
#include "async/sleep.hpp"
#include "commands/probe_checkout.hpp"
#include "commands/pull/find_base.hpp"
#include "commands/registries.hpp"
#include "docker/builder.hpp"
#include "github/commits.hpp"
#include "github/pulls.hpp"
#include "plan/decide.hpp"
#include "plan/handover/base.hpp"
#include "plan/names/metadata_context.hpp"
#include "process/time_zone_file.hpp"
#include "text/number.hpp"
#include "text/strings.hpp"
#include "text/try.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/chrono.h>

#include <chrono>
#include <ctime>
#include <utility>
#include <vector>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

/// Long enough for a retry of a registry that hiccups; short beside the build that waits for it.
constexpr std::chrono::seconds kProbeDeadline{20};

/// The tasks write into what outlives them: each has its own part of `looks`.
asio::awaitable<void> look_at_engine(Looks& looks) {
    Result<docker::EngineInfo> info = co_await looks.engine->info();
    if (!info) {
        looks.facts.engine_problem = text::to_string(info.error());
        co_return;
    }
    looks.facts.engine = plan::EngineFacts{.version = info->version,
                                           .platform = fmt::format("{}/{}", info->os, info->architecture),
                                           .containerd_image_store = info->containerd_image_store};
}

asio::awaitable<void> look_at_engine_in_time(Looks& looks) {
    const bool answered = co_await async::with_timeout(kProbeDeadline, look_at_engine(looks));
    if (!answered) {
        looks.facts.engine_problem =
            fmt::format("The Docker Engine did not answer within {} s", kProbeDeadline.count());
    }
}

asio::awaitable<void> look_for_buildx(Session& session, Looks& looks) {
    const docker::Variables& variables = session.environment.variables();
    Result<docker::Buildx> buildx = co_await docker::find_buildx(variables);
    if (!buildx) co_return;
    looks.buildx = *std::move(buildx);
    looks.facts.buildx = plan::BuildxFacts{looks.buildx->version, looks.buildx->standalone};
    if (session.inputs.builder.name.empty()) co_return;
    const docker::BuildxFolders folders{
        .config = {}, .temporary = {}, .builders = docker::builders_folder(variables)};
    Result<std::string> driver =
        co_await docker::builder_driver(*looks.buildx, docker::buildx_environment(variables, folders, {}),
                                        folders.builders, session.inputs.builder.name);
    if (driver) looks.facts.builder_driver = *std::move(driver);
}

asio::awaitable<void> ask_push_access(Session& session, ImageName image, plan::PushFacts& answer) {
    const auto ask = [](Session& asking, ImageName name, plan::PushFacts& into) -> asio::awaitable<void> {
        into = co_await push_access(asking, std::move(name));
    };
    const bool answered =
        co_await async::with_timeout(kProbeDeadline, ask(session, std::move(image), answer));
    if (!answered) {
        answer = {plan::PushAccess::unreachable,
                  fmt::format("it did not answer within {} s", kProbeDeadline.count())};
    }
}

asio::awaitable<void> ask_existing(Session& session, Reference tag, Looks& looks) {
    const auto ask = [](Session& asking, Reference wanted, Looks& into) -> asio::awaitable<void> {
        into.facts.existing = co_await existing_image(asking, std::move(wanted));
    };
    // Without an answer the image is built, which is right whatever the answer would have been.
    co_await async::with_timeout(kProbeDeadline, ask(session, std::move(tag), looks));
}

/// A fact that only GitHub's API knows. That it cannot be had is a warning here: what needs it is refused by
/// decide().
template <typename Fact>
asio::awaitable<void> ask_api(Session& session, asio::awaitable<Result<Fact>> question, std::string missing,
                              std::optional<Fact>& fact) {
    const auto ask = [](asio::awaitable<Result<Fact>> asked, Result<Fact>& into) -> asio::awaitable<void> {
        into = co_await std::move(asked);
    };
    Result<Fact> answer = text::fail("GitHub's API is silent",
                                     fmt::format("it did not answer within {} s", kProbeDeadline.count()));
    co_await async::with_timeout(kProbeDeadline, ask(std::move(question), answer));
    if (answer) {
        fact = *std::move(answer);
    } else {
        session.log.warning({std::move(missing), text::to_string(answer.error()), {}, {}});
    }
}

asio::awaitable<void> ask_pull_request(Session& session, PullRequestNumber number, plan::Facts& facts) {
    return ask_api(session, github::pull_request(session.github, session.event.repository, number),
                   fmt::format("Pull request #{} not found", number.string()), facts.pull_request);
}

asio::awaitable<void> ask_commit_date(Session& session, CommitSha commit, plan::Facts& facts) {
    return ask_api(session, github::commit_date(session.github, session.event.repository, commit),
                   fmt::format("Date of commit {} not found", commit.string()), facts.commit_date);
}

/// `SOURCE_DATE_EPOCH` fixes the time for builds that have to come out the same every time.
std::string current_time(const actions::Environment& environment) {
    std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    const std::string epoch = environment.value("SOURCE_DATE_EPOCH");
    constexpr std::uint64_t kMaxEpoch = 99'999'999'999;
    if (const auto given = text::parse_number<std::uint64_t>(epoch, 0, kMaxEpoch))
        now = static_cast<std::time_t>(*given);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

/// A zone that is not there is for decide() to refuse: it knows where it is written.
Result<void> look_up_time_zones(const Session& session, plan::Facts& facts) {
    for (const std::string& name : plan::template_time_zones(session.inputs)) {
        TRY_ASSIGN(std::optional<text::TimeZone> zone, process::read_time_zone(name));
        if (zone) facts.time_zones.emplace(text::to_lower(name), *std::move(zone));
    }
    return {};
}

/// Names that GitHub's API has a part in are known when it has answered.
Result<void> complete_names(const Session& session, Looks& looks) {
    if (looks.names) return {};
    TRY_ASSIGN(looks.names,
               plan::resolve_names(session.event, session.inputs, looks.facts.pull_request, looks.facts));
    return {};
}

/// The base is verified against the engine's platform and GitHub's word for the commit: after those are
/// known.
asio::awaitable<Result<void>> look_for_base(Session& session, Looks& looks) {
    using asio::experimental::awaitable_operators::operator||;
    CO_TRY_ASSIGN(const std::optional<plan::PullPlan> plan,
                  plan::decide_base(session.event, session.inputs, looks.facts, *looks.names));
    if (!plan) co_return Result<void>();
    auto either = find_base(session, *plan, looks) || session.interruption.wait();
    auto first = co_await std::move(either);
    if (first.index() == 1) co_return text::fail("Cancelled", "a signal came while the base was fetched");
    CO_TRY_ASSIGN(looks.facts.base, std::get<0>(std::move(first)));
    co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<Looks>> gather_for_pull(Session& session) {
    using asio::experimental::awaitable_operators::operator||;
    Looks looks;
    looks.facts.now = current_time(session.environment);
    CO_TRY(look_up_time_zones(session, looks.facts));
    CO_TRY_ASSIGN(const plan::PullPlan wanted,
                  plan::decide_pull(session.event, session.inputs, std::nullopt, looks.facts));
    CO_TRY_ASSIGN(docker::Engine engine,
                  docker::Engine::at(session.http.executor(), session.environment.variables()));
    looks.engine = std::move(engine);
    looks.facts.probed = true;

    std::vector<asio::awaitable<void>> tasks;
    tasks.push_back(look_at_engine_in_time(looks));
    if (wanted.ask) tasks.push_back(ask_pull_request(session, *wanted.ask, looks.facts));
    auto all = async::run_workers(std::move(tasks)) || session.interruption.wait();
    const auto first = co_await std::move(all);
    if (first.index() == 1) co_return text::fail("Cancelled", "a signal came while the engine was asked");
    if (!looks.facts.engine) co_return text::fail("No Docker Engine", looks.facts.engine_problem);
    co_return looks;
}

asio::awaitable<Result<Looks>> gather(Session& session) {
    using asio::experimental::awaitable_operators::operator||;
    Looks looks;
    looks.facts.now = current_time(session.environment);
    looks.facts.cache_service = actions::cache_service(session.runtime);
    looks.facts.artifact_service =
        !session.runtime.results_url.empty() && !session.runtime.runtime_token.empty();
    looks.facts.temp_directory = session.runtime.temp_directory;
    probe_checkout(session, looks.facts);

    CO_TRY(look_up_time_zones(session, looks.facts));

    CO_TRY_ASSIGN(const plan::Questions questions,
                  plan::questions(session.event, session.inputs, looks.facts));
    looks.names = questions.names;
    if (!session.inputs.strategy.probe) {
        CO_TRY(complete_names(session, looks));
        co_return looks;
    }

    CO_TRY_ASSIGN(looks.engine, docker::Engine::at(session.http.executor(), session.environment.variables()));
    looks.facts.probed = true;

    const bool builds = session.inputs.command != plan::Command::merge;
    std::vector<asio::awaitable<void>> tasks;
    if (builds) tasks.push_back(look_at_engine_in_time(looks));
    if (builds) tasks.push_back(look_for_buildx(session, looks));
    for (const ImageName& image : questions.push_access) {
        tasks.push_back(ask_push_access(session, image, looks.facts.push[image.string()]));
    }
    if (questions.existing) tasks.push_back(ask_existing(session, *questions.existing, looks));
    if (questions.commit_date) tasks.push_back(ask_commit_date(session, *questions.commit_date, looks.facts));
    if (questions.pull_request)
        tasks.push_back(ask_pull_request(session, *questions.pull_request, looks.facts));
    auto all = async::run_workers(std::move(tasks)) || session.interruption.wait();
    const auto first = co_await std::move(all);
    if (first.index() == 1)
        co_return text::fail("Cancelled", "a signal came while the registry and engine were asked");
    CO_TRY(complete_names(session, looks));
    if (!builds) co_return looks;
    CO_TRY(co_await look_for_base(session, looks));
    co_return looks;
}

}  // namespace pr_image::commands
