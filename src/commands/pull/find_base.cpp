#include "commands/pull/find_base.hpp"

#include "commands/artifacts.hpp"
#include "commands/pull/archive_check.hpp"
#include "commands/pull/from_registry.hpp"
#include "docker/oci_layout.hpp"
#include "github/artifacts/download.hpp"
#include "text/try.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <utility>
#include <vector>

namespace pr_image::commands {

namespace asio = boost::asio;
namespace artifacts = github::artifacts;

namespace {

asio::awaitable<Result<plan::BaseImage>> base_from_registry(Session& session, const plan::PullPlan& plan,
                                                            const Looks& looks) {
    CO_TRY_ASSIGN(Digest digest, co_await find_in_registry(session, plan, looks));
    co_return plan::BaseImage{.reference = Reference(plan.reference.name(), digest)};
}

asio::awaitable<Result<plan::BaseImage>> base_from_artifact(Session& session, const plan::PullPlan& plan,
                                                            Looks& looks) {
    CO_TRY_ASSIGN(artifacts::StoredArtifact stored, co_await find_artifact(session, plan));
    CO_TRY_ASSIGN(process::PrivateDirectory folder,
                  process::PrivateDirectory::create_on_disk(session.runtime.temp_directory));
    CO_TRY_ASSIGN(std::string layout, folder.make_directory("base"));

    ArchiveCheck check(plan, looks.facts.engine ? looks.facts.engine->platform : std::string());
    artifacts::DownloadOptions options;
    options.inspect = [&check](std::string_view bytes) { return check.update(bytes); };
    const std::string tar = folder.path() + "/base.tar";
    CO_TRY_ASSIGN(artifacts::Downloaded downloaded,
                  co_await artifacts::download(session.http, std::move(stored), tar, std::move(options)));
    CO_TRY_ASSIGN(const docker::TarImage image, check.finish());
    CO_TRY(docker::unpack_oci_layout(tar, layout));
    std::remove(tar.c_str());
    looks.base_folder = std::move(folder);
    co_return plan::BaseImage{.reference = image.tags.front(),
                              .layout = std::move(layout),
                              .digest = image.target ? image.target : std::optional(image.config)};
}

asio::awaitable<Result<plan::BaseImage>> base_from(Session& session, const plan::PullPlan& plan, Looks& looks,
                                                   plan::Source source) {
    if (source == plan::Source::registry) return base_from_registry(session, plan, looks);
    return base_from_artifact(session, plan, looks);
}

}  // namespace

asio::awaitable<Result<plan::BaseImage>> find_base(Session& session, const plan::PullPlan& plan,
                                                   Looks& looks) {
    co_await asio::this_coro::throw_if_cancelled(false);
    std::vector<plan::Miss> misses;
    for (const plan::Source source : plan.sources) {
        Result<plan::BaseImage> base = co_await base_from(session, plan, looks, source);
        if (base) {
            session.log.line(
                fmt::format("Base:     {} from {}", base->reference.string(), to_string(source)));
            co_return base;
        }
        misses.push_back({source, plan::why_missed(base.error()), base.error().fix});
        session.log.line(fmt::format("Base not from {}: {}", to_string(source), misses.back().why));
    }
    co_return std::unexpected(plan::none_of(plan, misses));
}

}  // namespace pr_image::commands
