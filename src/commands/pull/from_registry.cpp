#include "commands/pull/from_registry.hpp"

#include "async/sleep.hpp"
#include "commands/patient_pull.hpp"
#include "commands/pull/obtain.hpp"
#include "commands/registries.hpp"
#include "registry/describe_image.hpp"
#include "registry/head_manifest.hpp"
#include "text/duration.hpp"
#include "text/try.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;
using text::fail;

namespace {

using Clock = std::chrono::steady_clock;

/// What the registry says of the image now.
struct Look {
    Result<Digest> image;
    bool may_change = true;  ///< asking again can bring another answer
    std::optional<std::chrono::milliseconds> retry_after{};
};

std::string engine_platform(const Looks& looks) {
    return looks.facts.engine ? looks.facts.engine->platform : std::string();
}

/// Nothing came back for this platform: says whether there is an image at all.
asio::awaitable<Error> why_absent(registry::Client client, Reference reference, std::string platform) {
    registry::Outcome<std::optional<registry::Descriptor>> head =
        co_await registry::head_manifest(std::move(client), reference);
    if (head && *head) {
        co_return Error{"Wrong platform", fmt::format("{} has no image for {}", reference.string(), platform),
                        ""};
    }
    co_return Error{"Not found", fmt::format("the registry does not hold {}", reference.string()), ""};
}

asio::awaitable<Look> look(registry::Client client, const plan::PullPlan& plan, std::string platform) {
    std::optional<registry::Platform> wanted;
    if (Result<registry::Platform> parsed = registry::Platform::parse(platform)) wanted = *std::move(parsed);
    registry::Outcome<std::optional<registry::ImageDescription>> found =
        co_await registry::describe_image(client, plan.reference, std::move(wanted));
    if (!found) {
        const registry::FailureKind kind = found.error().kind;
        const bool refused =
            kind == registry::FailureKind::unauthorized || kind == registry::FailureKind::denied;
        const auto retry_after = found.error().retry_after;
        co_return Look{std::unexpected(std::move(found).error().error), !refused, retry_after};
    }
    if (!*found) {
        Error error = co_await why_absent(std::move(client), plan.reference, std::move(platform));
        co_return Look{std::unexpected(std::move(error))};
    }
    std::map<std::string, std::string> labels;
    for (const auto& [key, value] : (*found)->content.labels)
        labels.emplace(key, value);
    Result<void> verified = plan::verify_commit(labels, plan);
    // A digest never becomes another image.
    if (!verified) co_return Look{std::unexpected(verified.error()), !plan.reference.digest()};
    co_return Look{(*found)->digest};
}

asio::awaitable<Look> look_until_there(Session& session, registry::Client client, const plan::PullPlan& plan,
                                       std::string platform) {
    const auto started = Clock::now();
    for (int asked = 1;; ++asked) {
        Look seen = co_await look(client, plan, platform);
        const auto waited = Clock::now() - started;
        if (seen.image && asked > 1) {
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited);
            session.log.line(
                fmt::format("Waited {} for {}", text::to_string(seconds), plan.reference.string()));
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(plan.wait - waited);
        const std::optional<std::chrono::milliseconds> delay =
            async::retry_delay(kPolling, asked, seen.retry_after, left);
        if (seen.image || !seen.may_change || !delay) {
            if (!seen.image && asked > 1) {
                const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited);
                seen.image.error().why += fmt::format(", after {} of waiting", text::to_string(seconds));
            }
            co_return seen;
        }
        if (asked == 1) {
            session.log.line(fmt::format("Waiting up to {}: {}", text::to_string(plan.wait),
                                         plan::why_missed(seen.image.error())));
        }
        const bool slept = co_await async::sleep_for(*delay);
        if (!slept) co_return seen;
    }
}

}  // namespace

asio::awaitable<Result<Digest>> find_in_registry(Session& session, const plan::PullPlan& plan,
                                                 const Looks& looks) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const registry::Client client = plan.grants.has(plan::Grant::registry_logins)
                                        ? session.registries
                                        : registry::Client(session.http, registry::ClientOptions{});
    Look seen = co_await look_until_there(session, client, plan, engine_platform(looks));
    co_return std::move(seen.image);
}

asio::awaitable<Result<Obtained>> from_registry(Session& session, const plan::PullPlan& plan, Looks& looks) {
    co_await asio::this_coro::throw_if_cancelled(false);
    CO_TRY_ASSIGN(Digest digest, co_await find_in_registry(session, plan, looks));

    const Reference pinned(plan.reference.name(), digest);
    std::optional<docker::PullCredential> credential = pull_credential(session, plan.grants, pinned.name());
    CO_TRY(co_await pull_patiently(session.log, *looks.engine, pinned, std::move(credential), plan.wait));
    co_return Obtained{.source = plan::Source::registry, .image = pinned.string(), .digest = digest};
}

}  // namespace pr_image::commands
