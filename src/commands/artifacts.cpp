#include "commands/artifacts.hpp"

#include "text/number.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
namespace artifacts = github::artifacts;
using text::fail;

namespace {

artifacts::Mask mask_of(Session& session) {
    return [&log = session.log](std::string_view secret) { log.mask(secret); };
}

Result<artifacts::ResultsService> open_service(Session& session) {
    const actions::Runtime& runtime = session.runtime;
    if (runtime.results_url.empty() || runtime.runtime_token.empty()) {
        return fail("No artifact service", "ACTIONS_RESULTS_URL and ACTIONS_RUNTIME_TOKEN are not set",
                    "Run this as an action of a workflow: a run: step is given neither.");
    }
    return artifacts::ResultsService::open(session.http, runtime.results_url, runtime.runtime_token.reveal(),
                                           mask_of(session));
}

asio::awaitable<Result<std::optional<artifacts::StoredArtifact>>> look_up(Session& session,
                                                                          const plan::PullPlan& plan,
                                                                          std::string artifact) {
    CO_TRY_ASSIGN(ArtifactName name, ArtifactName::parse(artifact));
    Result<std::optional<artifacts::StoredArtifact>> found;
    if (plan.run_id.empty()) {
        CO_TRY_ASSIGN(artifacts::ResultsService service, open_service(session));
        found = co_await artifacts::find_in_this_run(std::move(service), std::move(name));
    } else {
        artifacts::OtherRun run{.api_url = session.runtime.api_url,
                                .repository = session.event.repository,
                                .run_id = text::parse_number<std::uint64_t>(plan.run_id).value_or(0),
                                .token = session.inputs.credentials.token.reveal(),
                                .mask = mask_of(session)};
        found = co_await artifacts::find_in_other_run(session.http, std::move(run), std::move(name));
    }
    co_return found;
}

}  // namespace

asio::awaitable<Result<artifacts::Uploaded>> store_artifact(Session& session, plan::ArtifactPlan artifact,
                                                            std::string path) {
    CO_TRY_ASSIGN(artifacts::ResultsService service, open_service(session));
    CO_TRY_ASSIGN(ArtifactName name, ArtifactName::parse(artifact.name));
    artifacts::UploadOptions options;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    options.expires_at = artifacts::expiry(now, artifact.retention_days, session.runtime.longest_retention);
    Result<artifacts::Uploaded> uploaded =
        co_await artifacts::upload(std::move(service), std::move(name), std::move(path), std::move(options));
    co_return uploaded;
}

asio::awaitable<Result<artifacts::StoredArtifact>> find_artifact(Session& session,
                                                                 const plan::PullPlan& plan) {
    Result<std::optional<artifacts::StoredArtifact>> found = co_await look_up(session, plan, plan.artifact);
    const bool absent = found && !*found;
    if (absent && !plan.part.empty()) found = co_await look_up(session, plan, plan.part);
    CO_TRY_ASSIGN(std::optional<artifacts::StoredArtifact> artifact, std::move(found));
    if (!artifact) {
        co_return fail(
            "No artifact",
            fmt::format("{} has none of the name {}",
                        plan.run_id.empty() ? std::string("this run") : "run " + plan.run_id, plan.artifact));
    }
    co_return *std::move(artifact);
}

}  // namespace pr_image::commands
