#include "commands/carry_out.hpp"

#include "commands/artifacts.hpp"
#include "commands/check_paths.hpp"
#include "commands/patient_pull.hpp"
#include "commands/registries.hpp"
#include "commands/solve.hpp"
#include "commands/verify_push.hpp"
#include "docker/build.hpp"
#include "docker/credentials.hpp"
#include "github/artifacts/partial_file.hpp"
#include "plan/who/strategy.hpp"
#include "process/private_directory.hpp"
#include "text/try.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
using text::fail;

namespace {

std::vector<plan::RegistryLogin> granted_logins(const Session& session, const plan::Plan& plan) {
    std::vector<plan::RegistryLogin> logins;
    if (!plan.grants.has(plan::Grant::registry_logins)) return logins;
    for (const std::string& host : plan.login_hosts) {
        if (auto login = plan::login_for(host, session.event, session.inputs))
            logins.push_back(*std::move(login));
    }
    return logins;
}

Result<docker::BuildFiles> write_files(const process::PrivateDirectory& directory, const plan::Plan& plan,
                                       const std::vector<plan::RegistryLogin>& logins) {
    TRY(docker::write_config(directory, logins));
    docker::BuildFiles files{.metadata = directory.path() + "/metadata.json", .secrets = {}};
    for (const plan::BuildSecret& secret : plan.build.secrets) {
        if (secret.file) {
            files.secrets.emplace(secret.id, secret.file->string());
            continue;
        }
        TRY_ASSIGN(std::string path, directory.write_file(fmt::format("secret-{}", files.secrets.size()),
                                                          secret.value.reveal()));
        files.secrets.emplace(secret.id, std::move(path));
    }
    return files;
}

void show_checks(Session& session, const plan::Plan& plan, const docker::BuildResult& result) {
    for (const docker::VertexWarning& check : result.checks) {
        session.log.warning({.title = "Dockerfile check",
                             .message = check.message,
                             .file = docker::dockerfile_path(check.file, plan.build, session.event.workspace),
                             .line = check.line});
    }
}

Error build_error(const Session& session, const plan::Plan& plan, const docker::BuildResult& result) {
    if (!result.failure) return {"Build failed", process::to_string(result.exit), ""};
    const docker::BuildFailure& failure = *result.failure;
    Error error = docker::to_error(failure);
    error.why = docker::describe(failure);
    error.fix.clear();
    error.file = docker::dockerfile_path(failure.file, plan.build, session.event.workspace);
    if (!error.file.empty()) error.line = failure.line;
    return error;
}

/// A tar that nobody will upload, half of one perhaps: gone with this object unless it is kept.
class UnfinishedTar {
  public:
    explicit UnfinishedTar(std::string path) : path_(std::move(path)) {}
    UnfinishedTar(const UnfinishedTar&) = delete;
    UnfinishedTar& operator=(const UnfinishedTar&) = delete;
    ~UnfinishedTar() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove(path_, ignored);
    }
    void keep() { path_.clear(); }

  private:
    std::string path_;
};

/// Later jobs count on it: a tar that cannot be uploaded fails the job that could still be run again.
asio::awaitable<Result<void>> upload_tar(Session& session, const plan::Plan& plan, BuildOutcome& outcome) {
    CO_TRY_ASSIGN(github::artifacts::Uploaded uploaded,
                  co_await store_artifact(session, *plan.artifact, plan.outputs.tar));
    outcome.artifact = plan.artifact;
    outcome.artifact_id = uploaded.id;
    outcome.artifact_digest = uploaded.digest.string();
    session.log.line(fmt::format("Artifact: {}, {} bytes{}", plan.artifact->name, uploaded.size,
                                 uploaded.replaced ? ", in place of this job's earlier one" : ""));
    co_return Result<void>();
}

/// An image that was reused comes from the engine as it would have come from the build.
asio::awaitable<Result<void>> save_tar(const plan::Plan& plan, docker::Engine& engine) {
    CO_TRY_ASSIGN(github::artifacts::PartialFile file,
                  github::artifacts::PartialFile::create(plan.outputs.tar));
    http::Sink sink;
    sink.write = [&file](std::string_view piece) -> asio::awaitable<Result<void>> {
        co_return file.write(piece);
    };
    Result<void> saved = co_await engine.save(plan.tags.front(), std::move(sink));
    if (saved) saved = file.commit();
    co_return saved;
}

/// Names for later steps, on top of those that the build gave.
asio::awaitable<Result<void>> add_names(const plan::Plan& plan, docker::Engine& engine) {
    for (const Reference& name : plan.as) {
        Result<void> tagged = co_await engine.tag(plan.tags.front().string(), name);
        if (!tagged) co_return tagged;
    }
    co_return Result<void>();
}

asio::awaitable<Result<void>> look_into_engine(const plan::Plan& plan, docker::Engine& engine,
                                               BuildOutcome& outcome) {
    const bool left_by_push = plan.outputs.registry && plan.builder.driver == plan::Driver::docker;
    if (!plan.outputs.load && !left_by_push) co_return Result<void>();
    if (plan.tags.empty()) {
        // Without a name only the ID that buildx gave leads to it.
        outcome.loaded = !outcome.image_id.empty();
        co_return Result<void>();
    }
    CO_TRY_ASSIGN(std::optional<docker::LocalImage> image,
                  co_await engine.inspect(plan.tags.front().string()));
    outcome.loaded = image.has_value();
    if (outcome.loaded && outcome.image_id.empty()) outcome.image_id = image->id;
    if (plan.outputs.load && !outcome.loaded) {
        co_return fail("Image not loaded", fmt::format("the engine does not hold {} after the build",
                                                       plan.tags.front().string()));
    }
    co_return Result<void>();
}

/// The containerd image store knows an image by its index or manifest, the older one by its configuration.
std::string known_image_id(const plan::Facts& facts) {
    if (!facts.existing) return {};
    const bool by_digest = facts.engine && facts.engine->containerd_image_store;
    return by_digest ? facts.existing->digest.string() : facts.existing->config.string();
}

void show_unwritten_caches(Session& session, const docker::BuildResult& result) {
    for (const std::string& why : result.unwritten_caches)
        session.log.warning({"Cache not written", text::printable(why, 300), {}, {}});
}

}  // namespace

asio::awaitable<Result<BuildOutcome>> build_image(Session& session, const plan::Plan& plan, Looks& looks) {
    if (!looks.buildx) {
        co_return fail("No buildx", "neither docker's plugin folders nor PATH hold docker-buildx",
                       "Use the action's own image, or install the docker-buildx plugin.");
    }
    if (!looks.facts.engine && plan.builder.driver != plan::Driver::remote) {
        co_return fail("No Docker Engine", looks.facts.engine_problem, "");
    }
    CO_TRY(check_paths(session.paths, plan));
    CO_TRY_ASSIGN(process::PrivateDirectory directory,
                  process::PrivateDirectory::create(session.runtime.temp_directory));
    CO_TRY_ASSIGN(docker::BuildFiles files, write_files(directory, plan, granted_logins(session, plan)));

    UnfinishedTar tar(plan.outputs.tar);
    const auto started = std::chrono::steady_clock::now();
    CO_TRY_ASSIGN(docker::BuildResult result, co_await solve(session, plan, looks, directory, files));
    show_checks(session, plan, result);
    show_unwritten_caches(session, result);
    if (!result.exit.ok()) co_return std::unexpected(build_error(session, plan, result));

    BuildOutcome outcome{.metadata = result.metadata.json};
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (result.metadata.config_digest) outcome.image_id = result.metadata.config_digest->string();
    if (plan.outputs.registry) {
        CO_TRY_ASSIGN(Digest digest,
                      co_await verify_push(session.registries, plan.tags, result.metadata.digest));
        outcome.pushed = true;
        outcome.digest = std::move(digest);
        if (session.inputs.platforms.fan_out) outcome.part = result.metadata.digest;
    } else if (plan.outputs.given_push) {
        // Their names and options are the workflow's own: only buildx knows what became of them.
        outcome.pushed = true;
        outcome.digest = result.metadata.digest;
    }
    Result<void> looked = co_await look_into_engine(plan, *looks.engine, outcome);
    if (looked) looked = co_await add_names(plan, *looks.engine);
    if (looked && plan.artifact) looked = co_await upload_tar(session, plan, outcome);
    CO_TRY(std::move(looked));
    tar.keep();
    co_return outcome;
}

asio::awaitable<Result<BuildOutcome>> reuse_image(Session& session, const plan::Plan& plan, Looks& looks) {
    BuildOutcome outcome{
        .pushed = true, .digest = plan.reuse, .image_id = known_image_id(looks.facts), .metadata = "{}"};
    const bool wanted_here = session.inputs.handover.load || !plan.as.empty() || plan.artifact;
    if (!wanted_here || !looks.engine) co_return outcome;
    const Reference pinned(plan.images.front(), *plan.reuse);
    std::optional<docker::PullCredential> credential = pull_credential(session, plan.grants, pinned.name());
    CO_TRY(co_await pull_patiently(session.log, *looks.engine, pinned, std::move(credential)));
    for (const Reference& tag : plan.tags) {
        CO_TRY(co_await looks.engine->tag(pinned.string(), tag));
    }
    Result<void> looked = co_await look_into_engine(plan, *looks.engine, outcome);
    if (looked) looked = co_await add_names(plan, *looks.engine);
    if (looked && plan.artifact) looked = co_await save_tar(plan, *looks.engine);
    if (looked && plan.artifact) looked = co_await upload_tar(session, plan, outcome);
    CO_TRY(std::move(looked));
    co_return outcome;
}

}  // namespace pr_image::commands
