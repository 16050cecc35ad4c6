#include "commands/merge.hpp"

#include "async/run_workers.hpp"
#include "commands/gather.hpp"
#include "commands/merge/find_parts.hpp"
#include "commands/merge/remove_staging.hpp"
#include "commands/report.hpp"
#include "commands/verify_push.hpp"
#include "plan/handover/merge.hpp"
#include "registry/put_manifest.hpp"
#include "text/try.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace pr_image::commands {

namespace asio = boost::asio;

namespace {

Result<std::vector<FoundPart>> verified(const plan::MergePlan& plan,
                                        std::vector<std::optional<FoundPart>> found) {
    std::vector<plan::PartLabels> labels;
    labels.reserve(found.size());
    for (const std::optional<FoundPart>& part : found)
        labels.push_back(part ? part->labels : std::nullopt);
    TRY(plan::verify_parts(plan, labels));
    std::vector<FoundPart> parts;
    parts.reserve(found.size());
    for (std::optional<FoundPart>& part : found)
        parts.push_back(*std::move(part));
    return parts;
}

/// Images first, then attestations, as a build of all platforms has them.
registry::RawManifest index_of(const plan::MergePlan& plan, const std::vector<FoundPart>& parts) {
    std::vector<registry::IndexEntry> entries;
    entries.reserve(2 * parts.size());
    for (const FoundPart& part : parts)
        entries.push_back(part.image);
    for (const FoundPart& part : parts)
        std::ranges::copy(part.attestations, std::back_inserter(entries));
    return registry::compose_index(entries, {plan.index_annotations.begin(), plan.index_annotations.end()});
}

asio::awaitable<void> push_tag(Session& session, Reference tag, const registry::RawManifest& index,
                               Result<void>& pushed) {
    const registry::Outcome<Digest> put =
        co_await registry::put_manifest(session.registries, std::move(tag), index.media_type, index.bytes);
    if (!put) pushed = std::unexpected(put.error().error);
}

asio::awaitable<Result<Digest>> push_index(Session& session, const plan::MergePlan& plan,
                                           const registry::RawManifest& index) {
    std::vector<Result<void>> pushed(plan.image.tags.size());
    std::vector<asio::awaitable<void>> pushes;
    pushes.reserve(pushed.size());
    for (std::size_t i = 0; i < pushed.size(); ++i)
        pushes.push_back(push_tag(session, plan.image.tags[i], index, pushed[i]));
    co_await async::run_workers(std::move(pushes));
    for (Result<void>& one : pushed) {
        CO_TRY(std::move(one));
    }
    Result<Digest> digest = co_await verify_push(session.registries, plan.image.tags, index.digest);
    co_return digest;
}

asio::awaitable<Result<BuildOutcome>> merge_parts(Session& session, plan::MergePlan plan) {
    const auto started = std::chrono::steady_clock::now();
    CO_TRY_ASSIGN(std::vector<std::optional<FoundPart>> found, co_await find_parts(session, plan));
    CO_TRY_ASSIGN(const std::vector<FoundPart> parts, verified(plan, std::move(found)));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        session.log.line(fmt::format("Part:     {} {}{}", plan.parts[i].platform,
                                     (parts)[i].image.descriptor.digest.string(),
                                     (parts)[i].attestations.empty() ? "" : " with its attestations"));
    }
    const registry::RawManifest index = index_of(plan, parts);
    CO_TRY_ASSIGN(Digest digest, co_await push_index(session, plan, index));
    if (plan.given.empty()) {
        co_await remove_staging(session, plan, parts);
    } else {
        // Another attempt of this job gets the same digests, which have to be there then.
        session.log.line(
            "Staging:  the tags stay for another attempt; command: cleanup deletes them a day later");
    }

    BuildOutcome outcome{.pushed = true, .digest = std::move(digest), .metadata = "{}"};
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    co_return outcome;
}

}  // namespace

asio::awaitable<Result<void>> merge(Session& session) {
    using asio::experimental::awaitable_operators::operator||;
    CO_TRY_ASSIGN(Looks looks, co_await gather(session));
    CO_TRY_ASSIGN(const plan::MergePlan plan, plan::decide_merge(session.event, session.inputs, looks.facts));
    announce(session, plan.image);

    Result<BuildOutcome> outcome;
    if (plan.image.strategy == plan::Strategy::push) {
        auto either = merge_parts(session, plan) || session.interruption.wait();
        auto first = co_await std::move(either);
        if (first.index() == 1) {
            co_return text::fail("Cancelled", "a signal came before the image was put together",
                                 "Run this job again: what is there already is found again.");
        }
        outcome = std::get<0>(std::move(first));
    } else if (plan.image.strategy == plan::Strategy::fallback) {
        outcome->parts_are_artifacts =
            looks.facts.artifact_service && session.inputs.handover.artifact != plan::ArtifactWish::never;
    }
    CO_TRY_ASSIGN(const BuildOutcome merged, std::move(outcome));
    co_return report(session, plan.image, plan_line(plan.image, looks.facts, {}), merged);
}

}  // namespace pr_image::commands
