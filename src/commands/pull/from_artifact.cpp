#include "async/run_workers.hpp"
#include "commands/artifacts.hpp"
#include "commands/pull/archive_check.hpp"
#include "commands/pull/obtain.hpp"
#include "github/artifacts/download.hpp"
#include "http/file_source.hpp"
#include "http/pipe.hpp"
#include "text/try.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <utility>
#include <vector>

namespace pr_image::commands {

namespace asio = boost::asio;
namespace artifacts = github::artifacts;
using text::fail;

namespace {

/// One artifact on its way into the engine.
struct Transfer {
    http::Pipe pipe;
    ArchiveCheck check;
    std::uint64_t size = 0;
    std::uint64_t seen = 0;
    bool zip = false;
    std::optional<docker::TarImage> image{};
    Result<void> received{};
    Result<void> loaded{};
};

artifacts::ContentSink sink_of(Transfer& transfer) {
    artifacts::ContentSink sink;
    sink.begin = [&transfer](const artifacts::Content& content) -> Result<void> {
        transfer.size = content.size;
        transfer.zip = content.zip;
        if (content.zip) return fail("Artifact is a zip", "it has to be unpacked first");
        return {};
    };
    sink.write = [&transfer](std::string_view piece) -> asio::awaitable<Result<void>> {
        Result<void> checked = transfer.check.update(piece);
        if (!checked) co_return checked;
        transfer.seen += piece.size();
        if (transfer.seen == transfer.size) {
            CO_TRY_ASSIGN(transfer.image, transfer.check.finish());
        }
        Result<void> written = co_await transfer.pipe.write(piece);
        co_return written;
    };
    return sink;
}

asio::awaitable<void> receive(http::Client client, artifacts::StoredArtifact stored, Transfer& transfer) {
    artifacts::ContentSink sink = sink_of(transfer);
    Result<artifacts::Received> received = co_await artifacts::download_blob(
        std::move(client), std::move(stored.locate), std::move(stored.digest), std::move(sink), {});
    if (!received) {
        transfer.received = std::unexpected(received.error());
        transfer.pipe.close(received.error());
    } else {
        transfer.pipe.close();
    }
}

asio::awaitable<void> load(docker::Engine& engine, Transfer& transfer) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const bool begun = co_await transfer.pipe.ready();
    if (!begun) co_return;
    http::Source tar{.size = transfer.size,
                     .read = [&transfer](std::span<char> buffer) { return transfer.pipe.read(buffer); },
                     .rewind = {}};
    Result<std::vector<std::string>> loaded = co_await engine.load(std::move(tar));
    if (!loaded) {
        transfer.loaded = std::unexpected(loaded.error());
        transfer.pipe.close(loaded.error());
    }
}

/// A zip's directory is at its end: it goes to the disk, and from there into the engine.
asio::awaitable<Result<docker::TarImage>> load_unzipped(Session& session, artifacts::StoredArtifact stored,
                                                        ArchiveCheck check, std::string path,
                                                        docker::Engine& engine) {
    artifacts::DownloadOptions options;
    options.inspect = [&check](std::string_view bytes) { return check.update(bytes); };
    CO_TRY_ASSIGN(artifacts::Downloaded downloaded,
                  co_await artifacts::download(session.http, std::move(stored), path, std::move(options)));
    Result<docker::TarImage> image = check.finish();
    Result<http::Source> tar = http::file_source(path);
    // The open file stays readable.
    std::remove(path.c_str());
    if (!image) co_return image;
    if (!tar) co_return std::unexpected(tar.error());
    CO_TRY_ASSIGN(std::vector<std::string> loaded, co_await engine.load(*std::move(tar)));
    co_return image;
}

asio::awaitable<Result<docker::TarImage>> load_artifact(Session& session, artifacts::StoredArtifact stored,
                                                        const plan::PullPlan& plan, Looks& looks) {
    const std::string platform = looks.facts.engine ? looks.facts.engine->platform : std::string();
    Transfer transfer{.pipe = {}, .check = ArchiveCheck(plan, platform)};
    std::vector<asio::awaitable<void>> both;
    both.push_back(receive(session.http, stored, transfer));
    both.push_back(load(*looks.engine, transfer));
    co_await async::run_workers(std::move(both));
    if (transfer.zip) {
        const std::string path = session.runtime.temp_directory + "/" + plan.artifact;
        ArchiveCheck check(plan, platform);
        Result<docker::TarImage> image =
            co_await load_unzipped(session, std::move(stored), std::move(check), path, *looks.engine);
        co_return image;
    }
    // Where the engine stopped first, the other side only says that it could not go on.
    if (!transfer.loaded && transfer.image) co_return std::unexpected(transfer.loaded.error());
    if (!transfer.received) co_return std::unexpected(transfer.received.error());
    if (!transfer.loaded) co_return std::unexpected(transfer.loaded.error());
    if (!transfer.image) co_return fail("Image archive refused", "it is empty");
    co_return *std::move(transfer.image);
}

}  // namespace

asio::awaitable<Result<Obtained>> from_artifact(Session& session, const plan::PullPlan& plan, Looks& looks) {
    co_await asio::this_coro::throw_if_cancelled(false);
    CO_TRY_ASSIGN(artifacts::StoredArtifact stored, co_await find_artifact(session, plan));
    CO_TRY_ASSIGN(docker::TarImage image, co_await load_artifact(session, std::move(stored), plan, looks));

    std::string name = image.tags.front().string();
    CO_TRY_ASSIGN(std::optional<docker::LocalImage> held, co_await looks.engine->inspect(name));
    const bool right =
        held && (held->id == image.config.string() || (image.target && held->id == image.target->string()));
    if (!right) {
        co_return fail("Image not loaded",
                       fmt::format("the engine holds {} as {}, not as {}", name,
                                   held ? held->id : std::string("nothing"), image.config.string()));
    }
    co_return Obtained{.source = plan::Source::artifact,
                       .image = std::move(name),
                       .digest = image.target ? image.target : std::optional(image.config)};
}

}  // namespace pr_image::commands
